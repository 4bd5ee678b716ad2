// Composition root: the one place where the app meets this browser's network, clock, chance and disk.
import "./ui/older.ts";
import { signal } from "@preact/signals";
import { render } from "preact";
import type { Net } from "./net/api.ts";
import { enrolDevice } from "./net/enrol.ts";
import { chooseLock } from "./net/lock.ts";
import type { SyncProgress } from "./net/outcome.ts";
import { compareProof } from "./net/proof.ts";
import { Schedule } from "./net/schedule.ts";
import { type SyncResult, syncOnce } from "./net/sync.ts";
import { startPace } from "./net/uploads.ts";
import { type Perches, watchCanary } from "./store/canary.ts";
import { openStore, type Store } from "./store/db.ts";
import { isDatabaseError, NotSaved, StoreUnavailable } from "./store/errors.ts";
import { newUuid } from "./store/ids.ts";
import { readPhoto } from "./store/photos.ts";
import { openDarkroom } from "./store/prepare.ts";
import { askToPersist, readRoom } from "./store/room.ts";
import { App } from "./ui/app.tsx";
import { BrokenScreen } from "./ui/broken.tsx";
import { missingAbilities } from "./ui/enrol/ability.ts";
import { UnableScreen } from "./ui/enrol/unable.tsx";
import type { Phone, SyncWatch } from "./ui/phone.ts";
import { createModel } from "./ui/state/model.ts";
import { watchUpdates } from "./ui/update.ts";
import { VERSION } from "./ui/version.ts";
import { createWords, firstLanguage } from "./ui/words/words.ts";
import "./ui/look/tokens.css";
import "./ui/look/base.css";
import "./ui/look/parts.css";
import "./ui/look/controls.css";
import "./ui/look/check.css";
import "./ui/look/screens.css";
import "./ui/look/lists.css";

const root = document.getElementById("app") as HTMLElement;
const reload = () => location.reload();

const clock = () => Date.now();
const net: Net = {
  fetch: (input, init) => fetch(input, init),
  origin: location.origin,
  clock,
};

async function start(): Promise<void> {
  const missing = missingAbilities(window);
  if (missing.length > 0) {
    render(
      <UnableScreen
        missing={missing}
        words={createWords(firstLanguage(navigator.languages))}
        link={location.href}
      />,
      root,
    );
    return;
  }
  try {
    const db = await openStore({ onOutdated: reload, onBlocked: showBroken });
    await watchCanary(db, aroundThisBrowser(), newUuid).catch(unlessFull);
    const model = await createModel(makePhone(db), window);
    render(<App model={model} />, root);
  } catch (error) {
    if (!(error instanceof StoreUnavailable || isDatabaseError(error))) throw error;
    showBroken();
  }
}

// Also while another window keeps an older version of the database open: it goes on by itself.
function showBroken(): void {
  const words = createWords(firstLanguage(navigator.languages));
  render(<BrokenScreen words={words} onRetry={reload} />, root);
}

// A full phone starts all the same: what it cannot keep now it keeps at the next start.
function unlessFull(error: unknown): void {
  if (!(error instanceof NotSaved)) throw error;
}

function aroundThisBrowser(): Perches {
  const isSecure = location.protocol === "https:";
  try {
    return { cookies: document, isSecure, storage: localStorage };
  } catch {
    // Switched off: the cookie alone must do.
    return { cookies: document, isSecure, storage: null };
  }
}

function makePhone(db: Store): Phone {
  const prepare = openDarkroom();
  return {
    db,
    clock,
    newId: newUuid,
    version: VERSION,
    enrol: (code, name) => enrolDevice(db, net, code, name),
    sync: watchSync(db),
    prove: () => compareProof(db, net),
    preparePhoto: async (file) => {
      const prepared = await prepare(file);
      return prepared.kind === "ready" ? prepared.photo : null;
    },
    readPhoto: (sha256) => readPhoto(db, sha256),
    askToPersist,
    readRoom,
    update: watchUpdates(navigator.serviceWorker, reload),
  };
}

function watchSync(db: Store): SyncWatch {
  const isRunning = signal(false);
  const progress = signal<SyncProgress | null>(null);
  const last = signal<SyncResult | null>(null);
  const env = {
    db,
    net,
    lock: chooseLock(db, clock, newUuid),
    pace: startPace(),
    random: Math.random,
    onProgress: (now: SyncProgress) => {
      progress.value = now;
    },
  };
  const schedule = new Schedule(
    () => syncOnce(env),
    aroundThisPage(),
    (event) => {
      isRunning.value = event.kind === "running";
      if (event.kind === "rested") {
        progress.value = null;
        last.value = event.result;
      }
    },
  );
  schedule.start();
  return { isRunning, progress, last, poke: (trigger) => schedule.poke(trigger) };
}

function aroundThisPage() {
  return {
    network: window,
    page: document,
    setTimeout: (work: () => void, ms: number) => setTimeout(work, ms),
    clearTimeout: (timer: never) => clearTimeout(timer),
    clock,
    random: Math.random,
  };
}

void start();
