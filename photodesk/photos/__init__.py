"""Photos: originals that never change, renditions that can be rebuilt, where on the body and from which side.

Pure values. Codes of body sites are SNOMED CT; standard views follow the plastic-surgery face, breast, body
and hand series and dermatology's regional series. No pixels, no files and no dates of visits are here.
"""

from photodesk.photos.change import PhotoChange
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
from photodesk.photos.protocols import DEFAULT_PROTOCOLS, Coverage, Protocol, Step, cover
from photodesk.photos.sites import BODY_SITES, BodySite, Laterality, body_site, within
from photodesk.photos.views import STANDARD_VIEWS, StandardView, standard_view

__all__ = [
    "BODY_SITES",
    "DEFAULT_PROTOCOLS",
    "RENDITION_LONG_EDGE_PX",
    "STANDARD_VIEWS",
    "Attachment",
    "BodySite",
    "CameraTime",
    "CaptureFacts",
    "Code",
    "Coverage",
    "IdentityInFile",
    "Laterality",
    "Original",
    "Photo",
    "PhotoChange",
    "PhotoFacts",
    "Protocol",
    "Rendition",
    "StandardView",
    "Step",
    "body_site",
    "cover",
    "standard_view",
    "within",
]
