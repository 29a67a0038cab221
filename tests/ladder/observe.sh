# SPDX-License-Identifier: MIT
# The rung `observe`: what the page of `pooltoy observe` shows in a browser; pictures of it in build/observe/.
# shellcheck shell=sh disable=SC2154,SC2086

# The demo's page is there where it says, and goes with the demo.
serve_says_where_its_page_is()
{
	log=build/verify/observe.serve
	./bootstrap serve >"$log" 2>&1 &
	demo=$!
	tries=600
	until page=$(sed -n "s/.*in a browser: //p" "$log") && [ -n "$page" ] && grep -q 'Ctrl-C stops it' "$log"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] && kill -0 "$demo" || return
		sleep 0.1
	done
	python3 tests/observe/fetch.py "$page" 'Worker pools' && python3 tests/observe/fetch.py "${page}events" '"program":"searchd"'
	served=$?
	kill "$demo"
	wait "$demo" && [ "$served" -eq 0 ] && ! python3 tests/observe/fetch.py "$page" 'Worker pools'
}

climb_observe()
{
	build_searchd $browser_packages
	make_in build tests/tool/host
	{
		python3 tests/observe/browser.py build build/observe || :
		python3 tests/observe/picture.py build 10 build/observe || :
	} >build/verify/observe
	if serve_says_where_its_page_is; then
		printf 'serve says where its page is\tpass\n'
	else
		printf 'serve says where its page is\tfail\n'
	fi >>build/verify/observe
	cat build/verify/observe
	while IFS='	' read -r name result; do
		row "$name" "$result" 1 promise
	done <build/verify/observe
}
