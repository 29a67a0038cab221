# Manual pages, mdoc: one line each.
dist_man_MANS +=
