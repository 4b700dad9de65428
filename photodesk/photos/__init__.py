"""Photos: originals that never change, renditions that can be rebuilt, where on the body and from which side.

Pure values. Codes of body sites are SNOMED CT; standard views follow the plastic-surgery face, breast, body
and hand series and dermatology's regional series. No pixels, no files and no dates of visits are here.
"""

from photodesk.photos.photo import (
    RENDITION_LONG_EDGE_PX,
    Attachment,
    CameraTime,
    CaptureFacts,
    Code,
    IdentityInFile,
    Original,
    Photo,
    PhotoFacts,
    Rendition,
)
from photodesk.photos.sites import BODY_SITES, STANDARD_VIEWS, BodySite, StandardView, body_site, standard_view

__all__ = [
    "BODY_SITES",
    "RENDITION_LONG_EDGE_PX",
    "STANDARD_VIEWS",
    "Attachment",
    "BodySite",
    "CameraTime",
    "CaptureFacts",
    "Code",
    "IdentityInFile",
    "Original",
    "Photo",
    "PhotoFacts",
    "Rendition",
    "StandardView",
    "body_site",
    "standard_view",
]
