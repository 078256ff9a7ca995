"""The page in Chromium on the real stack, from dropping a file to reading the result."""

import base64
import hashlib
import re
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Open, Visit
from tests.browser.line import Line

pytestmark = pytest.mark.stack

DROP = """([zone, content]) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "a.mp4", { type: "video/mp4" }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""
UPLOAD = """() => Object.entries(sessionStorage)
  .find(([name]) => name.startsWith("mien.upload."))[1]"""
SLIDER = "Media time"


def drop(page: Page, recording: Path) -> None:
    zone = page.locator(".drop").element_handle()
    page.evaluate(DROP, [zone, base64.b64encode(recording.read_bytes()).decode()])


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


def test_a_dropped_recording_leads_to_the_result_in_step_with_the_player(
    visit: Open, sad_to_happy: Path
):
    tab = visit()
    tab.enter()
    tab.heading("New assessment")
    tab.page.get_by_text("Options", exact=True).click()
    tab.page.get_by_label("Score one frame in").fill("1000")
    tab.page.get_by_label("Reference").fill("visit 7")

    drop(tab.page, sad_to_happy)
    tab.page.get_by_role("button", name="Upload and assess").click()
    expect(tab.page.get_by_role("progressbar")).to_be_visible()
    expect(tab.heading("Reported")).to_be_focused()

    text = shown(tab.page)
    for words in ("visit 7", "of 63, on a scale aligned to BDI-II", "calibration videos"):
        assert words in text
    assert "Demonstration weights: the number has no clinical meaning." in text
    assert "says nothing about what the person felt" in text
    assert re.search(r"sampled = used \+ rejected\s+(\d+) = \d+ \+ \d+", text)
    assert tab.page.get_by_role("img", name=re.compile("scale from 0 to 63")).count() == 2
    slider = tab.page.get_by_role("slider", name=re.compile(SLIDER))
    slider.press("End")
    slider.press("ArrowLeft")
    at_ms = int(slider.get_attribute("aria-valuenow") or 0)
    assert "happy" in (slider.get_attribute("aria-valuetext") or "")
    tab.page.wait_for_function(
        "at => Math.abs(document.querySelector('.player video').currentTime - at) < 0.1",
        arg=at_ms / 1000,
    )


def test_a_withheld_result_says_why_and_shows_no_number(visit: Open, nobody: Path):
    tab = visit()
    tab.enter()

    tab.choose(nobody)
    tab.heading("Withheld: no numbers are reported")

    text = shown(tab.page)
    for words in ("Severity estimate: withheld", "no face", "Found", "Needed", "What to do"):
        assert words in text
    assert "of 63" not in text
    assert "was shown most" not in text
    expect(tab.page.get_by_role("slider")).to_have_attribute(
        "aria-valuetext", re.compile("frame rejected: no face"), timeout=PATIENCE_MS
    )


def test_a_wrong_key_is_told_with_the_request_id_and_is_not_kept(visit: Open):
    tab = visit()

    tab.enter("sk_live_wrong")

    alert = tab.page.get_by_role("alert")
    expect(alert).to_contain_text("The service does not know this key")
    expect(alert).to_contain_text(re.compile(r"unauthenticated · Request req_[0-9a-f]{24}"))
    expect(tab.page.get_by_label("API key")).to_be_focused()
    assert tab.page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_an_assessment_is_canceled_while_it_is_measured(visit: Open, sad_to_happy: Path):
    tab = visit()
    tab.enter()

    tab.choose(sad_to_happy, every_ms=20)
    tab.page.get_by_role("link", name="Leave it running").wait_for(timeout=PATIENCE_MS)
    tab.page.get_by_role("button", name="Cancel").click()

    tab.heading("Canceled")
    assert "before it had a result" in shown(tab.page)
    assert tab.page.get_by_role("button", name="Open the report").count() == 0


def test_an_upload_goes_on_where_the_connection_was_lost(visit: Open, sad_to_happy: Path):
    tab = visit()
    with closing(Line(urlsplit(tab.site.url).port or 0, breaks_after=700_000)) as line:
        tab.enter(url=line.url)
        tab.choose(sad_to_happy, every_ms=5000)
        line.wait_until_broken()
        tab.heading("Interrupted, trying again by itself")
        kept = uploaded(tab)
        line.mend()
        tab.heading("Reported")

        assert 0 < kept < sad_to_happy.stat().st_size
        tab.page.get_by_text("Provenance", exact=True).click()
        assert hashlib.sha256(sad_to_happy.read_bytes()).hexdigest() in shown(tab.page)


def uploaded(tab: Visit) -> int:
    """Return how many bytes the service has of the upload that this tab remembers."""
    path = tab.page.evaluate(UPLOAD)
    with tab.site.client() as api:
        answer = api.head(path, headers={"Tus-Resumable": "1.0.0"})
    return int(answer.headers["upload-offset"])


@pytest.mark.slow
def test_everything_can_be_done_with_the_keyboard(visit: Open, short_face: Path):
    tab = visit()
    tab.page.goto(tab.site.url)
    reach(tab, "input#key")
    tab.page.keyboard.type(tab.site.key)
    tab.page.keyboard.press("Enter")
    expect(tab.heading("New assessment")).to_be_focused()

    tab.page.wait_for_load_state("networkidle")
    reach(tab, "input#file")
    with tab.page.expect_file_chooser() as chooser:
        tab.page.keyboard.press("Enter")
    chooser.value.set_files(short_face)
    expect(tab.page.get_by_role("button", name="Upload and assess")).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.heading("Reported")).to_be_focused()

    reach(tab, "[role=slider]")
    before = tab.page.get_by_role("slider").get_attribute("aria-valuenow")
    tab.page.keyboard.press("ArrowRight")
    expect(tab.page.get_by_role("slider")).not_to_have_attribute("aria-valuenow", before or "")
    erase(tab)


def reach(tab: Visit, selector: str) -> None:
    """Press Tab until the element has the focus, and see that the focus shows."""
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def erase(tab: Visit) -> None:
    """Delete the assessment with the keyboard and read the receipt."""
    tab.page.get_by_role("button", name="Delete…").press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Delete this assessment?")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    expect(tab.heading("Deleted")).to_be_focused()
    assert {"recording", "request", "result", "timeline"} <= set(shown(tab.page).split())
    tab.page.reload()
    expect(tab.page.get_by_role("alert")).to_contain_text("This assessment was deleted")


def test_a_recording_from_the_camera_is_assessed(visit: Open):
    tab = visit()
    tab.enter()

    tab.page.get_by_role("button", name="Record with the camera").click()
    tab.page.get_by_role("button", name="Start recording").click()
    # Any later second will do: who looks once a second may miss one.
    expect(tab.page.get_by_role("timer")).to_have_text(re.compile(r"0:(0[2-9]|[1-5]\d)$"))
    tab.page.get_by_role("button", name="Stop").click()
    expect(tab.page.get_by_label("The recording you chose")).to_be_visible()
    tab.page.get_by_role("button", name="Upload and assess").click()

    # What Chromium's made-up camera shows is no face.
    tab.heading("Withheld: no numbers are reported")


def test_without_a_camera_it_says_so(visit: Open):
    tab = visit(camera=False)
    tab.enter()

    tab.page.get_by_role("button", name="Record with the camera").click()

    expect(tab.page.get_by_role("alert").filter(has_text="No camera")).to_be_visible()
    tab.page.get_by_role("button", name="Back").click()
    expect(tab.page.get_by_role("button", name="Record with the camera")).to_be_focused()


def test_the_report_opens_in_a_frame_without_scripts(visit: Open, short_face: Path):
    tab = visit()
    tab.enter()
    tab.choose(short_face)
    tab.heading("Reported")

    tab.page.get_by_role("button", name="Open the report").click()

    frame = tab.page.frame_locator("iframe[sandbox='']")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Reported")
    ink = frame.locator("main").evaluate("one => getComputedStyle(one).maxWidth")
    assert ink == "784px", "the report has lost its style"
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename.startswith("asm_")
    tab.page.get_by_role("button", name="Close").click()
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Timeline as CSV").click()
    assert download.value.path().read_text().startswith("at_ms,frame,used")


def test_a_screen_reader_finds_names_and_landmarks_in_every_view(visit: Open, short_face: Path):
    tab = visit(width=360)
    tab.page.goto(tab.site.url)
    seen = [tab.page.locator("body").aria_snapshot()]
    tab.enter()
    tab.heading("New assessment")
    tab.page.get_by_text("Options", exact=True).click()
    seen.append(tab.page.locator("body").aria_snapshot())
    tab.choose(short_face)
    tab.heading("Reported")
    expect(tab.page.get_by_role("slider")).to_be_visible(timeout=PATIENCE_MS)
    seen.append(tab.page.locator("body").aria_snapshot())

    for snapshot in seen:
        assert snapshot.count("[level=1]") == 1
        for landmark in ("banner", "main", "contentinfo", "note"):
            assert re.search(rf"^ *- {landmark}\b", snapshot, re.MULTILINE)
        nameless = r"^ *- (button|link|textbox|checkbox|combobox|spinbutton|img|slider|iframe):?$"
        assert not re.findall(nameless, snapshot, re.MULTILINE)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.page.evaluate(wide) == 0


def test_the_key_is_forgotten_when_told(visit: Open):
    tab = visit()
    tab.enter()
    tab.heading("New assessment")

    tab.page.get_by_role("button", name="Forget the key").click()

    tab.heading("Enter your API key")
    assert tab.page.evaluate("sessionStorage.length + localStorage.length") == 0
