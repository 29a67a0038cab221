# Tests of what is shipped, as TAP scripts: one line each.
test_scripts +=
