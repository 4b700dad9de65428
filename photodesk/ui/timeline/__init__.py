"""The timeline: every photo of a patient, visit by visit, newest first.

`model` holds what is shown and chosen, `sections` turns visits into groups, `geometry` says where each thumbnail lies,
`time_scale` where each visit lies on the scrubber; all four are plain arithmetic. The rest are widgets: `page` is the
whole, `visit_list` the virtual list whose one delegate paints a visit. Photos come through the viewing gate in batches
of what is visible; the wells stay empty until it has answered.
"""
