"""The page in a real Chromium, opened as a file without a network: by mouse, by keyboard, without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tapehead.render.page import make as make_module
from tapehead.render.page.document import Page, document
from tapehead.render.page.make import Made, make_page
from tapehead.render.page.svg import address
from tapehead.scenes.episode import Episode


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    """What the page that is opened was made of."""
    return []


@pytest.fixture(scope="module")
def made(
    pages: list[Page],
    tmp_path_factory: pytest.TempPathFactory,
    sums_episode: Episode,
    making: dict[str, Any],
    small_film: Callable[[Path, str], Path],
) -> Made:
    folder = tmp_path_factory.mktemp("film")
    film = small_film(folder, "sums")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_module, "document", lambda page: pages.append(page) or document(page))
        return make_page(sums_episode, **making, out=folder / "site" / "page.html", film=film)


@pytest.fixture
def opened(chromium: Any, made: Made) -> Any:
    """Opens the page at an address; whatever it asks for outside its folder, or complains of, is a failure."""
    contexts, wrong = [], []

    def open_at(where: str = "", before: str = "", **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(before)
        page.on("request", lambda request: _asked(request.url, made, wrong))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(made.path.as_uri() + where, wait_until="domcontentloaded")  # the film may take its time
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready]")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert wrong == []


def until(page: Any, what: str) -> None:
    """Waits for something to be true: asked from outside, since the page's policy lets nobody evaluate inside it."""
    for _ in range(400):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {what}")


def _asked(url: str, made: Made, wrong: list[str]) -> None:
    if not url.startswith((made.path.parent.as_uri(), "data:", "blob:")):
        wrong.append(url)


def test_nothing_that_an_episode_says_is_run(opened: Any) -> None:
    page = opened()
    assert page.evaluate("window.harm") is None
    assert page.title() == "Sums </title><script>window.harm=1</script> & more"
    assert page.locator(".scene h2").nth(1).inner_text().startswith("2 </h2><script>")


def test_a_number_opens_its_card_and_escape_closes_it_by_keyboard_alone(opened: Any) -> None:
    page = opened()
    page.locator(".num:not(.like)").first.focus()
    page.keyboard.press("Enter")
    card = page.locator(".card:popover-open")
    assert card.count() == 1 and card.locator(".value").inner_text() == "1 dots"
    assert page.evaluate("document.activeElement.className") == "close"
    page.keyboard.press("Escape")
    assert page.locator(".card:popover-open").count() == 0
    assert page.evaluate("document.activeElement.className") == "num"


def test_cards_open_inside_the_window_on_a_phone(opened: Any) -> None:
    page = opened()
    page.set_viewport_size({"width": 360, "height": 640})
    page.locator(".num:not(.like)").last.click()
    box = page.locator(".card:popover-open").bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= 360 and box["y"] + box["height"] <= 640
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_a_script_the_page_is_whole_and_cards_open(opened: Any) -> None:
    page = opened(java_script_enabled=False)
    assert page.locator(".line").count() == 3 and page.locator("#look").is_hidden()
    page.locator(".num:not(.like)").first.click()
    assert page.locator(".card .value").first.is_visible()
    assert page.locator("video").evaluate("one => one.controls")
    assert page.locator(".toy noscript").is_visible()
    assert "row c, column 3" in page.locator(".toy noscript table").inner_text()
    for kind, many in ((".figure img", 2), (".still img", 2)):
        images = page.locator(kind)
        assert images.count() == many
        for k in range(many):
            until(page, f"document.querySelectorAll('{kind}')[{k}].naturalWidth > 0")  # no promise is kept here
            assert images.nth(k).bounding_box()["width"] > 200


NOBODY_LOOKS = """
window.IntersectionObserver = class { observe() {} unobserve() {} };
window.requestIdleCallback = () => {};
"""


def test_what_nobody_looks_at_is_not_made_before(opened: Any) -> None:
    """A page of many figures is there at once: it neither draws them nor makes toys until somebody comes near."""
    page = opened(before=NOBODY_LOOKS)
    assert page.locator(".figure").count() == 2
    assert page.locator(".frame img[src]").count() == 0 and page.locator(".play > *").count() == 0
    assert page.locator(".frame").first.bounding_box()["height"] > 100, "its room is kept"
    assert page.evaluate("tapehead.made.get('table').rows().length") == 13, "it is made when it is asked for"
    page = opened("#toy/table?at=1 2&beside=0", before=NOBODY_LOOKS)
    chosen = page.locator(".cell.chosen").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert chosen == ["row b</script>, column 2: 1"] * 2, "in the map and in the one beside it"
    with page.expect_download() as saved:
        page.locator(".figure a[download]").first.click()
    assert Path(saved.value.path()).read_text(encoding="utf-8").startswith("<svg")


def test_a_figure_is_in_both_looks_what_python_drew(opened: Any, pages: list[Page]) -> None:
    page = opened()
    drawn = pages[0].figures
    assert len(drawn) == 2
    for look in ("light", "dark", "light"):
        if page.evaluate("document.documentElement.dataset.look ?? 'light'") != look:
            page.locator("#look").click()
        for figure in drawn:
            image = page.locator(f"#figure-{figure.name} img")
            image.scroll_into_view_if_needed()
            until(page, f"document.querySelector('#figure-{figure.name} img').naturalWidth > 0")
            assert image.get_attribute("src") == address(getattr(figure, look)), (figure.name, look)
    page.locator("#look").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".frame img").first.get_attribute("src") == address(drawn[0].light), "paper is white"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".frame img").first.get_attribute("src") == address(drawn[0].dark)


def test_addresses_lead_to_a_line_a_moment_and_a_toys_state(opened: Any) -> None:
    page = opened("#second/end")
    until(page, "document.getElementById('film').currentTime > 3.9")
    assert page.locator("[id='second/end']").is_visible()
    page = opened("#t=2.5")
    until(page, "Math.abs(document.getElementById('film').currentTime - 2.5) < 0.05")
    page = opened("#toy/table?at=1 2&beside=0")
    assert page.locator(".cell.chosen").first.get_attribute("aria-label") == "row b</script>, column 2: 1"


@pytest.mark.parametrize(
    "where",
    ["#t=1e9", "#t=x", "#toy/table?at=99 99&a=none", "#toy/none?x=1", "#%E0%A4%A", "#nowhere", "?only=none&hide=<x>"],
)
def test_an_address_that_leads_nowhere_does_no_harm(opened: Any, where: str) -> None:
    assert opened(where).locator(".scene:visible").count() == 2


def test_a_scene_alone_and_parts_hidden_for_embedding(opened: Any) -> None:
    page = opened("?only=second&hide=film,toys")
    assert page.locator(".scene:visible").evaluate_all("all => all.map((one) => one.id)") == ["second"]
    assert page.locator("header").is_hidden() and page.locator("video").is_hidden() and page.locator(".toy").is_hidden()


def test_words_follow_the_film_and_lead_to_it(opened: Any) -> None:
    page = opened()
    word = page.locator("[id='first/two'] .w", has_text="third").first
    word.click()
    until(page, "document.getElementById('film').currentTime >= 3.05")  # there, and it plays on
    page.evaluate("document.getElementById('film').pause(); document.getElementById('film').currentTime = 3.15")
    page.wait_for_selector(".w.now")
    assert page.locator(".line.now").get_attribute("id") == "first/two"
    assert page.locator(".w.now").inner_text() == "third."
    assert page.locator(".chapters [aria-current]").inner_text().startswith("One & two")
    assert page.locator(".note").count() == 1, "the film says other words in one line"
    assert page.evaluate("document.getElementById('film').textTracks[0].cues?.length ?? 0") >= 1


def test_light_and_dark_by_the_system_and_by_hand(opened: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = opened(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(10, 11, 16)"
    page.locator("#look").click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_print_has_the_tables_and_not_the_player(opened: Any) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert page.locator("video").is_hidden() and page.locator(".toy").is_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.numbers table").first.is_visible()


def test_a_map_by_keyboard_and_its_numbers_out(opened: Any) -> None:
    page = opened()
    page.locator(".play").scroll_into_view_if_needed()
    page.locator(".cell").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    # 3 × 4 numbers counted from -5: the second row's third one is 1.
    assert page.evaluate("tapehead.made.get('table').now()") == {"one": 1, "two": 1}
    rows = page.evaluate("tapehead.made.get('table').rows()")
    assert [row[2] for row in rows[1:]] == [float(k - 5) for k in range(12)]
    with page.expect_download() as saved:
        page.locator(".export button", has_text="CSV").click()
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("a,0,-5,") and len(text.splitlines()) == 13
    with page.expect_download() as saved:
        page.locator(".export button", has_text="SVG").first.click()
    svg = Path(saved.value.path()).read_text(encoding="utf-8")
    assert svg.startswith("<svg") and "var(--" not in svg
    page.locator(".export button", has_text="Link").click()
    until(page, "location.hash.startsWith('#toy/table?')")
    assert "at=1+2" in page.evaluate("location.hash")


def test_any_toy_stands_beside_itself_and_the_difference_is_told(opened: Any) -> None:
    page = opened()
    page.locator(".play").scroll_into_view_if_needed()
    compare = page.locator(".export button", has_text="Compare two")
    compare.click()
    said = page.locator(".play > p.says[role=status]")
    assert said.inner_text() == "All 24 numbers are the same in both."  # two maps of twelve; places do not count
    assert page.evaluate("tapehead.made.get('table').rows().length") == 13 + 2 + 13
    # another place is chosen in the second one alone
    page.locator(".pair > div:nth-child(2) .cell").nth(6).click()
    assert page.evaluate("tapehead.made.get('table').beside().now()") == {"one": 1, "two": 1}
    assert page.evaluate("tapehead.made.get('table').now()") != {"one": 1, "two": 1}
    page.locator(".export button", has_text="Link").click()
    until(page, "location.hash.includes('2%3Aat=1+2')")
    where = page.evaluate("location.hash")
    page.locator(".export button", has_text="One alone").click()
    assert page.locator(".pair > div").count() == 1
    again = opened(where)
    assert again.evaluate("tapehead.made.get('table').beside().now()") == {"one": 1, "two": 1}


def test_what_differs_is_counted_and_the_most_is_named(opened: Any) -> None:
    page = opened()
    ours = [["", "left", "right"], ["a", 1.0, 2.0], ["b", 3.0, None]]
    theirs = [["", "left", "right"], ["a", 1.0, 2.5], ["b", -4.0, None]]
    told = page.evaluate("rows => tapehead.kit.differences(...rows)", [ours, theirs])
    assert told == "2 of 3 numbers differ; most b, left: 3 here, −4 beside it (difference −7)."
    ours = [["layer", "head", "share"], ["0", "0", 1.0], ["0", "1", 2.0], ["1", "0", 3.0]]
    theirs = [*ours[:3], ["1", "0", 5.0]]
    counted = "rows => tapehead.kit.differences(...rows, 2)"
    assert page.evaluate(counted, [ours, ours]) == "All 3 numbers are the same in both."
    assert page.evaluate(counted, [ours, theirs]) == (
        "1 of 3 numbers differ; most layer 1, head 0, share: 3 here, 5 beside it (difference 2)."
    )
    assert (
        page.evaluate(counted, [ours, [*ours[:3], ["2", "0", 3.0]]])
        == "The two have their numbers at different places."
    )
    assert page.evaluate("tapehead.kit.differences([[1]], [[1, 2]])") == "The two show different numbers."
    assert page.evaluate("tapehead.kit.differences([['x']], [['y']])") == "There are no numbers to compare."


def test_powers_of_ten_on_an_axis_have_no_zeros_behind_them(opened: Any) -> None:
    page = opened()
    assert page.evaluate("[1e-5, 2.5e-6, 100, 3e7, 0].map(tapehead.kit.mark)") == ["1e−5", "2.5e−6", "100", "3e+7", "0"]


def test_axe_finds_nothing_serious(opened: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed (dev extra)")
    page = opened()
    source = Path(axe.__file__).parent / "axe.min.js"
    # As a debugger would: the page's own policy lets no other script in.
    page.evaluate(source.read_text(encoding="utf-8") + "; 0")
    for look in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.look = '{look}'")
        found = page.evaluate("axe.run()")["violations"]
        grave = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found
                 if one["impact"] in ("serious", "critical")]  # fmt: skip
        assert grave == []
