"""Bugs planted in a copy of the app's sources: one build that holds them all, each asleep until the
page names it.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PWA = Path(__file__).resolve().parents[3] / "pwa"
KEPT = ("src", "build", "public", "index.html", "package.json", "vite.config.ts")


@dataclass(frozen=True)
class Bug:
    """``before`` stands once in the file; with the bug awake ``after`` takes its place."""

    file: str
    before: str
    after: str


def awake(name: str) -> str:
    return f'((window as {{ planted?: string }}).planted === "{name}")'


BUGS = {
    "the outbox is emptied by any 2xx": Bug(
        "src/store/receipts.ts",
        "    const touched = await receiveReceipts(tx, device, answer);",
        """    if (AWAKE) {
      const index = tx.objectStore("edits").index("byState");
      for (const edit of await index.getAll([device.id, "frozen"]))
        await tx.objectStore("edits").delete(edit.key as number);
    }
    const touched = await receiveReceipts(tx, device, answer);""",
    ),
    "saved is said before the commit": Bug(
        "src/ui/state/save.ts",
        "    running += 1;\n    say();\n",
        """    if (AWAKE) {
      mark.value = { kind: "saved" };
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    running += 1;
    say();
""",
    ),
    "a refused edit is deleted": Bug(
        "src/store/receipts.ts",
        '    await tx.objectStore("edits").put(receipted(edit, receipt, answer.serverMs));',
        """    if (AWAKE && receipt.state === "refused") {
      await tx.objectStore("edits").delete(edit.key as number);
      continue;
    }
    await tx.objectStore("edits").put(receipted(edit, receipt, answer.serverMs));""",
    ),
    "a photo has arrived without a proof": Bug(
        "src/net/uploads.ts",
        "  const bytes = await readPhotoBytes(env.db, photo.sha256);\n",
        """  if (AWAKE) return arrive(env, device, photo);
  const bytes = await readPhotoBytes(env.db, photo.sha256);
""",
    ),
    "a counter is off by one": Bug(
        "src/ui/today/strip.tsx",
        "    const n = outbox.waiting + outbox.sending;",
        "    const n = outbox.waiting + outbox.sending + (AWAKE ? 1 : 0);",
    ),
    "the canary is not written": Bug(
        "src/store/canary.ts",
        "  const scope = `path=/app/;",
        "  if (AWAKE) return;\n  const scope = `path=/app/;",
    ),
}


def build_with_bugs(folder: Path) -> Path:
    """The folder of the built app with every bug asleep in it."""
    copy = folder / "pwa"
    copy.mkdir()
    for name in KEPT:
        source = PWA / name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        else:
            shutil.copy(source, copy / name)
    (copy / "node_modules").symlink_to(PWA / "node_modules")
    for name, bug in BUGS.items():
        plant(copy / bug.file, name, bug)
    vite = [str(PWA / "node_modules" / ".bin" / "vite"), "build"]
    subprocess.run(vite, cwd=copy, check=True, capture_output=True)
    return copy / "dist"


def plant(file: Path, name: str, bug: Bug) -> None:
    text = file.read_text()
    assert text.count(bug.before) == 1, f"{name}: the app has changed; plant this bug anew"
    file.write_text(text.replace(bug.before, bug.after.replace("AWAKE", awake(name))))
