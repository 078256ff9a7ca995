"""A real browser before the real stack."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.stack.conftest import Stack, nobody, sad_to_happy, short_face, stack

__all__ = ["nobody", "sad_to_happy", "short_face", "stack"]

PATIENCE_MS = 180_000
expect.set_options(timeout=30_000)  # Playwright's own five seconds are few for a busy machine.
FLAGS = ["--no-sandbox"]
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@dataclass
class Visit:
    """One tab before the service, and what its console said."""

    page: Page
    context: BrowserContext
    site: Stack
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self._note(message.type, message.text))

    def _note(self, kind: str, text: str) -> None:
        # The browser reports every 4xx as an error; what counts is that nothing was blocked.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.faults.append(text)

    def enter(self, key: str | None = None, *, url: str | None = None) -> None:
        """Open the page and give the key."""
        self.page.goto(url or self.site.url)
        self.page.get_by_label("API key").fill(key or self.site.key)
        self.page.keyboard.press("Enter")

    def choose(self, recording: Path, *, every_ms: int | None = None) -> None:
        """Choose a file and, if told, how many frames are scored; then send it."""
        self.page.get_by_label("Choose a video").set_input_files(recording)
        if every_ms is not None:
            self.page.get_by_text("Options", exact=True).click()
            self.page.get_by_label("Score one frame in").fill(str(every_ms))
        self.page.get_by_role("button", name="Upload and assess").click()

    def heading(self, words: str) -> Locator:
        """Return the view's heading, once it says this."""
        heading = self.page.get_by_role("heading", level=1, name=words, exact=True)
        expect(heading).to_be_visible(timeout=PATIENCE_MS)
        return heading


Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def browsers() -> Iterator[Callable[[list[str]], Browser]]:
    """Start a browser with these flags; stopped with the module, so that no loop stays behind."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on the PATH")
    with sync_playwright() as playwright:
        started: dict[str, Browser] = {}

        def start(flags: list[str]) -> Browser:
            name = " ".join(flags)
            if name not in started:
                launched = playwright.chromium.launch(
                    executable_path=program, args=[*FLAGS, *flags], timeout=PATIENCE_MS
                )
                started[name] = launched
            return started[name]

        yield start
        for browser in started.values():
            browser.close()


@pytest.fixture
def visit(browsers: Callable[[list[str]], Browser], stack: Stack) -> Iterator[Open]:
    """Open a tab of its own; at the end nothing may have been blocked, and no script failed."""
    opened: list[Visit] = []

    def open_tab(*, camera: bool = True, width: int = 1280) -> Visit:
        context = browsers(CAMERA if camera else []).new_context(
            viewport={"width": width, "height": 900}
        )
        opened.append(Visit(context.new_page(), context, stack))
        return opened[-1]

    yield open_tab
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []
