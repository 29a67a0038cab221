# SPDX-License-Identifier: MIT
# picture.py: `picture.py BUILD SECONDS DIRECTORY`: the demo's server under load, some of whose workers are killed and
# one of whose processes segfaults, as the page of `pooltoy observe` shows it after so long; in light and dark.
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from webdriver import Browser, wait_for

build, seconds, directory = os.path.abspath(sys.argv[1]), int(sys.argv[2]), os.path.abspath(sys.argv[3])
SEARCHD = f"{build}/doc/examples/searchd"
WIDTH, HEIGHT = 1280, 1220
scratch = tempfile.mkdtemp()
os.environ.update(XDG_RUNTIME_DIR=scratch, POOLTOY_CONTROL="1")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def post(url, text):
    try:
        opener.open(urllib.request.Request(url, text.encode(), method="POST"), timeout=10).close()
    except urllib.error.HTTPError:
        pass  # a worker that was killed, which is what is asked for


def start(*command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def address(process):
    """The first one that it prints."""
    return next(line for line in process.stdout if "http://" in line).split("http://")[1].strip().rstrip("/")


def render(url, ended):
    while not ended.is_set():
        post(f"{url}/snippet", "the [mutex] is held")


def age(browser):
    """Of the oldest that the plots show, in seconds."""
    return browser.run("return -Chart.getChart(document.querySelector('.use-plot canvas'))?.data.datasets[0].data[0]?.x || 0;")


def crash(browser, url):
    """What has just changed is to be seen."""
    post(f"{url}/snippet", "the [mutex is held")
    post(f"{url}/kill/search/manager", "")
    wait_for("marks", lambda: browser.run("return document.querySelectorAll('.restarts.changed, .deaths.changed').length >= 2;"))
    wait_for("workers in use", lambda: browser.run("return document.querySelector('.bar .used').style.flexGrow > 1;"))


def take(browser, url):
    wait_for("the pools", lambda: browser.text("#servers .verdict") == "All 3 pools serve.")
    killed = False
    end = time.monotonic() + seconds + 30
    while age(browser) < seconds - 2:
        assert time.monotonic() < end, "no samples come"
        if not killed and age(browser) > seconds / 2:
            post(f"{url}/kill/search/manager", "")
            killed = True
        time.sleep(0.2)
    crash(browser, url)
    for scheme, name in (("light", "observe.png"), ("dark", "observe-dark.png")):
        browser.media(prefers_color_scheme=scheme)
        browser.picture(f"{directory}/{name}")


def main():
    os.makedirs(directory, exist_ok=True)
    server = start(f"{SEARCHD}/searchd", "--megabytes", "4")
    url = f"http://{address(server)}"
    observer = start(f"{build}/tools/pooltoy/pooltoy", "observe", "--port", "0")
    page = f"http://{address(observer)}/"
    ended = threading.Event()
    loader = subprocess.Popen([f"{SEARCHD}/loader", url, str(seconds + 60), "5", "1"], stdout=subprocess.DEVNULL)
    renderers = [threading.Thread(target=render, args=[url, ended]) for _ in range(2)]
    browser = Browser(f"{scratch}/profile")
    try:
        for renderer in renderers:
            renderer.start()
        browser.size(WIDTH, HEIGHT)
        browser.open(page)
        take(browser, url)
        problems = browser.console()
        assert not problems, problems
    finally:
        ended.set()
        for renderer in renderers:
            renderer.join()
        browser.close()
        for process in (loader, observer, server):
            process.terminate()
            process.wait()


result = "fail"
try:
    main()
    result = "pass"
finally:
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"the demo's server is seen at work\t{result}", flush=True)
