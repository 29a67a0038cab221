# The schedule explorer: the library's own sources, compiled again on top of its scheduler.
