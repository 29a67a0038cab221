# SPDX-License-Identifier: MIT
# browser.py: the page of `pooltoy observe` in a headless Chromium: `browser.py BUILD PICTURES` writes a line for each
# test, its name and what came of it, and pictures of the page.
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

from webdriver import Browser, wait_for

build, pictures = (os.path.abspath(path) for path in sys.argv[1:3])
scratch = tempfile.mkdtemp()
TOOL = f"{build}/tools/pooltoy/pooltoy"
os.environ.update(XDG_RUNTIME_DIR=scratch, LD_LIBRARY_PATH=f"{build}/control/.libs")
for name in ("POOLTOY_CONTROL", "POOLTOY_SERVER"):
    os.environ.pop(name, None)


class Server:
    """tests/tool/host.c, which ends when its input does."""

    def __init__(self):
        self.process = subprocess.Popen(
            [f"{build}/tests/tool/host"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, POOLTOY_CONTROL="1"))
        assert self.process.stdout.readline() == "ready\n"
        self.pid = self.process.pid

    def tell(self, *arguments):
        subprocess.run([TOOL, "-s", str(self.pid), *arguments], check=True, stdout=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


class OldServer:
    """Knows trees, and neither events nor histograms; one of its pools has an ill-meant name."""

    NAME = "<img src=x onerror=alert(1)>"

    def __init__(self, tree):
        self.path = f"{scratch}/old.sock"
        self.tree = tree
        self.tree["pools"][0]["pool"] = self.NAME
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.speak, args=[connection.makefile("rw")], daemon=True).start()

    def speak(self, lines):
        print(json.dumps({"pooltoy": 1, "version": "0.0.1", "pid": 7, "program": "old"}), file=lines, flush=True)
        for line in lines:
            known = json.loads(line)["method"] == "tree"
            answer = {"result": self.tree} if known else {"error": {"code": "EINVAL", "message": "no such method"}}
            print(json.dumps(answer), file=lines, flush=True)


class Observer:
    def __init__(self, *arguments, port=0):
        self.process = subprocess.Popen(
            [TOOL, "observe", "--delay", "0.2", "--port", str(port), *arguments], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        self.port = int(self.url.rsplit(":", 1)[1].strip("/"))

    def end(self):
        self.process.terminate()
        assert self.process.wait() == 0


CARD = "[...document.querySelectorAll('.card')].find(c => c.querySelector('h3').textContent === arguments[0])"


def card(browser, pool, selector):
    return browser.run(f"const e = {CARD}?.querySelector(arguments[1]); return e?.checkVisibility() ? e.innerText : '';",
                       pool, selector)


def verdict(browser):
    return browser.text("#servers .verdict")


# Each of these is a promise. They are kept one after the other, on one page: what a test needs, it leaves behind.


def a_server_shows_with_its_pools(b, w):
    b.open(w.observer.url)
    wait_for("both pools", lambda: verdict(b) == "All 2 pools serve.")
    assert b.text("#link") == "Live"
    assert b.text(".server h2") == f"host, process {w.server.pid}"
    assert card(b, "poolio", ".use") == "3 workers, up to 5 if need be: 1 in use, 2 idle"
    b.run("window.untouched = true;")


def plots_are_drawn(b, w):
    drawn = """return [...document.querySelectorAll('.use-plot canvas')].map(c => {
        const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(c, 0, 0);
        return new Set(new Uint32Array(copy.getImageData(0, 0, c.width, c.height).data.buffer)).size;
    });"""
    wait_for("plots with lines", lambda: all(colours > 10 for colours in b.run(drawn)))
    assert len(b.run(drawn)) == 2


def a_crash_shows_without_a_reload(b, w):
    w.server.tell("kill", "pooly", "manager")
    wait_for("a restart", lambda: card(b, "pooly", ".restarts").startswith("1"))
    assert "has just changed" in card(b, "pooly", ".restarts.changed")
    wait_for("the event", lambda: 'pool "pooly" crashed: manager: killed' in b.text("#log"))
    wait_for("the reason", lambda: card(b, "pooly", ".reason") == "Last failure: manager: killed")
    assert b.run("return window.untouched;")


def a_paused_pool_is_said_to_be_paused(b, w):
    w.server.tell("pause", "poolio")
    wait_for("the pause", lambda: verdict(b) == "poolio: paused.")
    w.server.tell("resume", "poolio")
    wait_for("its end", lambda: verdict(b) == "All 2 pools serve.")


def the_log_can_be_held_up(b, w):
    b.run("document.getElementById('pause').click();")
    before = b.run("return document.getElementById('log').childElementCount;")
    w.server.tell("kill", "pooly", "any")
    wait_for("lines held back", lambda: "to come" in b.text("#held-back") and not b.text("#held-back").startswith("Paused, 0"))
    assert b.run("return document.getElementById('log').childElementCount;") == before
    b.run("document.getElementById('pause').click();")
    assert b.run("return document.getElementById('log').childElementCount;") > before
    assert b.text("#held-back") == ""


FOCUSED = """const e = document.activeElement;
return [e.localName, e.id || e.innerText.split('\\n')[0], getComputedStyle(e).outlineStyle];"""


def tab_to(b, wanted):
    def there():
        b.press("Tab")
        name, label, outline = b.run(FOCUSED)
        assert outline != "none" or name == "body", f"{label} does not show the focus"
        return (name, label) == wanted

    wait_for(f"the focus on {wanted}", there)


def all_is_reached_by_keyboard(b, w):
    b.run("document.activeElement.blur(); scrollTo(0, 0);")
    for stop in [("a", "To the pools"), ("a", "Worker pools"), ("summary", "pool poolio"), ("a", "worker 0")]:
        if stop[0] == "summary":
            wait_for("a summary", lambda: b.press("Tab") or b.run(FOCUSED)[0] == "summary")
        else:
            tab_to(b, stop)
    seen = set()
    while True:
        b.press("Tab")
        name, label, outline = b.run(FOCUSED)
        if name == "body" or (name, label) in seen and label == "To the pools":
            break
        seen.add((name, label))
    assert ("button", "pause") in seen and ("ol", "log") in seen, seen


def held(b):
    return b.run("""return [...document.querySelectorAll('.workers .leaf')]
        .find(leaf => leaf.innerText.includes('by thread'))?.querySelector('a').getAttribute('href') ?? '';""")


def a_worker_opens_by_enter_and_has_its_holder(b, w):
    link = wait_for("a worker that is held", lambda: held(b))
    b.run("document.querySelector(`a[href='${arguments[0]}']`).focus();", link)
    b.press("Enter")
    wait_for("its page", lambda: "Worker" in b.text("#worker h2"))
    assert b.run(FOCUSED)[0] == "h2"
    wait_for("its holder", lambda: f"Held by\nthread {w.server.pid}" in b.text("#worker .facts"))
    assert "host+0x" in b.text("#worker .facts")


def and_its_stack(b, w):
    tab_to(b, ("button", "Show the stacks"))
    b.press("Space")
    wait_for("an answer", lambda: b.text("#worker .stack"))
    stack = b.text("#worker .stack")
    if shutil.which("eu-stack") or shutil.which("gdb"):
        assert f"thread {w.server.pid}: holds worker" in stack and "main" in stack, stack
    else:
        assert "eu-stack" in stack, stack
    b.picture(f"{pictures}/worker.png")


def no_page_is_wider_than_a_phone(b, w):
    for width in (320, 360):
        b.size(width, 740)
        wait_for(f"{width} pixels on a worker's page", lambda: b.run(
            "return document.getElementById('worker').hidden === false && document.documentElement.scrollWidth <= innerWidth;"))
    tab_back(b)
    for width in (320, 360):
        b.size(width, 740)
        wait_for(f"{width} pixels", lambda: b.run("return document.documentElement.scrollWidth <= innerWidth;"))
    b.picture(f"{pictures}/phone.png", whole=True)
    b.size(1280, 900)


def tab_back(b):
    b.run("document.querySelector('#worker nav a').focus();")
    b.press("Enter")
    wait_for("the first page", lambda: b.run("return !document.getElementById('home').hidden;"))
    assert b.run(FOCUSED)[1].startswith("worker"), "the focus is not back on the link"


# Of each text with what is behind it, the worst.
CONTRAST = """
const parts = c => (c.match(/[\\d.]+/g) ?? []).map(Number);
const light = c => { const [r, g, b] = parts(c).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if ((parts(c)[3] ?? 1) === 1) return c; } return 'rgb(255, 255, 255)'; };
let worst = [21, ''];
for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < worst[0]) worst = [contrast, e.outerHTML.slice(0, 80)];
}
return worst;"""


def text_is_read_well_in_light_and_dark(b, w):
    backs = set()
    w.server.tell("kill", "pooly", "any")
    wait_for("marks", lambda: b.run("return document.querySelectorAll('.changed').length > 1;"))
    for scheme in ("light", "dark"):
        b.media(prefers_color_scheme=scheme)
        backs.add(b.run("return getComputedStyle(document.body).backgroundColor;"))
        contrast, where = b.run(CONTRAST)
        assert contrast >= 4.5, f"{scheme}: {contrast:.2f} of {where}"
        b.picture(f"{pictures}/{scheme}.png")
    assert len(backs) == 2
    b.media(prefers_color_scheme="light")


def nothing_moves_for_who_does_not_want_it(b, w):
    b.media(prefers_reduced_motion="reduce")
    assert b.run("return getComputedStyle(document.querySelector('.bar > span')).transitionDuration;") == "0s"
    b.media(prefers_reduced_motion="no-preference")


def a_screen_reader_has_names_for_all(b, w):
    nodes = [node for node in b.cdp("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]

    def names(role):
        return [node.get("name", {}).get("value", "") for node in nodes if node["role"]["value"] == role]

    for role in ("link", "button", "image", "log", "figure", "heading"):
        assert names(role) and all(names(role)), (role, names(role))
    assert any(name.startswith("Of 3 workers: 1 in use, 2 idle") for name in names("image")), names("image")
    assert any("in use: 1 last, 1 at most" in name for name in names("image")), names("image")
    assert "What happened" in names("log")


def a_lost_connection_is_said_and_comes_back(b, w):
    w.observer.end()
    wait_for("the loss", lambda: b.text("#link").startswith("Connection lost."))
    w.observer = Observer(port=w.observer.port)
    wait_for("its end", lambda: b.text("#link") == "Live")
    assert b.run("return window.untouched;")


def a_server_that_is_stopped_has_not_ended(b, w):
    os.kill(w.server.pid, signal.SIGSTOP)
    wait_for("the silence", lambda: verdict(b).startswith("This server has not answered since "))
    os.kill(w.server.pid, signal.SIGCONT)
    wait_for("its end", lambda: verdict(b) == "All 2 pools serve.")


def a_server_that_ended_is_said_to_have_ended(b, w):
    w.server.kill()
    wait_for("the end", lambda: verdict(b).startswith("This server ended at "))
    wait_for("its look", lambda: b.run("return document.querySelector('.server').classList.contains('past');"))


def and_its_successor_takes_its_place(b, w):
    w.server = Server()
    wait_for("the successor", lambda: b.text(".server h2") == f"host, process {w.server.pid}")
    wait_for("its pools", lambda: verdict(b) == "All 2 pools serve.")
    assert b.run("return document.querySelectorAll('.server').length;") == 1
    assert b.run("return window.untouched;")


CRASHES = "return Chart.getChart(document.querySelector('.use-plot canvas'))?.crashes?.[arguments[0]].length ?? 0;"
SEEN = "return [...document.querySelectorAll('#log li')].filter(line => line.checkVisibility()).map(line => line.className);"


def a_crash_outlives_what_its_workers_tell(b, w):
    w.server.tell("resize", "poolio", "150")
    wait_for("many workers", lambda: "149 idle" in card(b, "poolio", ".use"))
    w.server.tell("kill", "poolio", "manager")
    wait_for("a restart", lambda: card(b, "poolio", ".restarts").startswith("1"))
    wait_for("all workers", lambda: "150 idle" in card(b, "poolio", ".use"))
    for opened in ("as it happens", "by who comes later"):
        wait_for(f"the line in the plot, {opened}", lambda: b.run(CRASHES, "pool") == 1)
        wait_for(f"the event, {opened}", lambda: 'pool "poolio" crashed: manager: killed' in b.text("#log"))
        wait_for("all that was told", lambda: len(b.run(SEEN)) > 200)
        assert b.run("return document.querySelector('.use-plot canvas').ariaLabel;").endswith(" 1 crash, 0 workers died.")
        b.open(w.observer.url + f"?{opened}")


def deaths_of_workers_are_in_the_plots(b, w):
    w.server.tell("kill", "poolio", "any")
    wait_for("the death", lambda: b.run(CRASHES, "workers") == 1)
    b.picture(f"{pictures}/crashes.png")


def warnings_are_there_by_themselves(b, w):
    b.run("document.getElementById('warnings').click();")
    seen = b.run(SEEN)
    assert "warning" in seen and "info" not in seen, seen
    b.run("document.getElementById('pause').click();")
    w.server.tell("kill", "poolio", "any")  # that one died, and that another has started
    wait_for("a line held back", lambda: b.text("#held-back") == "Paused, 1 line to come")
    for button in ("warnings", "pause"):
        b.run(f"document.getElementById('{button}').click();")
    assert "info" in b.run(SEEN)


def times_are_those_of_its_looks(b, w):
    assert b.text("#window") == "the last 10 looks (2 s)"
    assert card(b, "pooly", ".wait-plot .empty") == "In the last 300 looks (60 s) nobody had to."
    w.rare_observer = Observer("--delay", "60")
    b.open(w.rare_observer.url)
    wait_for("its looks", lambda: b.text("#window") == "the last 10 looks (10 min)")
    wait_for("the pools", lambda: "300 looks (5 h)" in card(b, "pooly", ".wait-plot .empty"))
    assert "over the last 300 looks (5 h)" in b.run("return document.querySelector('.use-plot canvas').ariaLabel;")


POINT = """const set = Chart.getChart(document.querySelector('.use-plot canvas')).data.datasets[0];
return [set.borderColor].concat(set.pointRadius);"""


def a_single_point_is_seen_in_the_dark_too(b, w):
    light, *radius = b.run(POINT)
    assert radius == [2], radius
    b.media(prefers_color_scheme="dark")
    wait_for("the dark", lambda: b.run(POINT)[0] != light)
    assert b.run(POINT)[1:] == [2]
    b.media(prefers_color_scheme="light")
    w.console += b.console()
    w.rare_observer.end()
    b.open(w.observer.url)


def plots_that_cannot_be_drawn_are_said_to_need_chart_js(b, w):
    assert card(b, "poolio", ".undrawn") == ""
    w.console += b.console()
    b.cdp("Network.enable")
    b.cdp("Network.setBlockedURLs", urls=["*/chart.js"])
    b.open(w.observer.url)
    wait_for("what they need", lambda: "libjs-chart.js" in card(b, "poolio", ".undrawn"))
    assert "--with-chart-js" in card(b, "poolio", ".undrawn")
    assert card(b, "poolio", ".use-plot .key").startswith("in use")  # the figures are there
    b.picture(f"{pictures}/undrawn.png")
    b.cdp("Network.setBlockedURLs", urls=[])
    assert all("/chart.js" in line for line in b.console())


def a_server_that_measures_no_times_is_said_to(b, w):
    tree = json.loads(subprocess.run([TOOL, "--json", "tree"], check=True, stdout=subprocess.PIPE).stdout)
    old = OldServer(tree)
    w.old_observer = Observer(old.path, str(w.server.pid))
    b.open(w.old_observer.url)
    wait_for("both servers", lambda: b.run("return document.querySelectorAll('.server').length;") == 2)
    assert "does not measure" in card(b, OldServer.NAME, ".untimed")
    assert "does not measure" not in card(b, "poolio", ".untimed")


def names_of_servers_are_text_alone(b, w):
    assert b.run(f"return {CARD}.querySelector('img') === null;", OldServer.NAME)
    assert b.run("return document.querySelectorAll('img').length;") == 0
    w.old_observer.end()


def the_policy_was_kept(b, w):
    # An ended observer is a network error, which is logged as one.
    others = [line for line in w.console + b.console() if "/events" not in line]
    assert not others, others


TESTS = [
    a_server_shows_with_its_pools, plots_are_drawn, a_crash_shows_without_a_reload, a_paused_pool_is_said_to_be_paused,
    the_log_can_be_held_up, all_is_reached_by_keyboard, a_worker_opens_by_enter_and_has_its_holder, and_its_stack,
    no_page_is_wider_than_a_phone, text_is_read_well_in_light_and_dark, nothing_moves_for_who_does_not_want_it,
    a_screen_reader_has_names_for_all, a_lost_connection_is_said_and_comes_back,
    a_server_that_is_stopped_has_not_ended, a_server_that_ended_is_said_to_have_ended, and_its_successor_takes_its_place,
    a_crash_outlives_what_its_workers_tell, deaths_of_workers_are_in_the_plots, warnings_are_there_by_themselves,
    times_are_those_of_its_looks, a_single_point_is_seen_in_the_dark_too,
    plots_that_cannot_be_drawn_are_said_to_need_chart_js,
    a_server_that_measures_no_times_is_said_to, names_of_servers_are_text_alone, the_policy_was_kept,
]


class World:
    def __init__(self):
        self.server = Server()
        self.observer = Observer()
        self.console = []

    def end(self):
        self.observer.end()
        self.server.kill()


def main():
    os.makedirs(pictures, exist_ok=True)
    world, browser = World(), Browser(f"{scratch}/profile")
    browser.size(1280, 900)
    failed = 0
    for test in TESTS:
        result = "pass"
        try:
            test(browser, world)
        except Exception:  # what it is does not matter: the test has failed, and the next is tried
            traceback.print_exc()
            failed += 1
            result = "fail"
        print(f"{test.__name__.replace('_', ' ')}\t{result}", flush=True)
    browser.close()
    world.end()
    return failed > 0


try:
    sys.exit(main())
finally:
    shutil.rmtree(scratch, ignore_errors=True)
