# The page of `pooltoy observe`: what it answers, and, in a browser, by the ladder's rung `observe`, what it shows.
if HAVE_OBSERVE
check_PROGRAMS += %D%/ask
test_scripts += %D%/http.sh
else
EXTRA_DIST += %D%/ask.c %D%/http.sh
endif
EXTRA_DIST += \
	%D%/browser.py \
	%D%/fetch.py \
	%D%/picture.py \
	%D%/servers.sh \
	%D%/webdriver.py
