"""How a page ends without a goodbye: the system kills its process."""

from __future__ import annotations

import os
import signal

from playwright.sync_api import Browser

from tests.faults.browser.handset import Handset

# Counts the transactions that write; at the one that is named, tells the test and hangs. The
# moments: before the transaction is asked for, committed but not told to the app, told.
DOOM = """(([nth, moment]) => {
  let count = 0;
  const die = () => { window.dying(count); for (;;); };
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    if (given[1] !== "readwrite") return real.apply(this, given);
    count += 1;
    window.writes = count;
    if (count !== nth) return real.apply(this, given);
    if (moment === "before") die();
    const tx = real.apply(this, given);
    if (moment === "after") tx.addEventListener("complete", die);
    else tx.addEventListener("complete", () => setTimeout(die, 0));
    return tx;
  };
})(%s);"""
MOMENTS = ("before", "after", "told")


def kill_pages(browser: Browser) -> None:
    """End every page of this browser as a phone short of memory does."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    for process in found:
        if process["type"] == "renderer":
            try:
                os.kill(int(process["id"]), signal.SIGKILL)
            except ProcessLookupError:
                continue


def crash(handset: Handset) -> None:
    """The page's process ends; the app is opened again."""
    browser = handset.context.browser
    assert browser
    with handset.page.expect_event("crash"):
        kill_pages(browser)
    handset.reopen()


def is_end(error: Exception) -> bool:
    """Whether an action failed because its page or browser ended."""
    return any(word in str(error) for word in ("crashed", "closed", "detached"))
