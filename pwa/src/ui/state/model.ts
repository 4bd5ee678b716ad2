// Everything the screens show, put together once from the phone it runs on.
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Store } from "../../store/db.ts";
import { readSetting, saveSetting } from "../../store/place.ts";
import type { Phone } from "../phone.ts";
import {
  createWords,
  firstLanguage,
  isLanguage,
  type Language,
  type Words,
} from "../words/words.ts";
import { createDesk, type Desk } from "./desk.ts";
import { createForm, type Form } from "./form.ts";
import { createLists, type ListsState } from "./lists.ts";
import { rememberPlace, restorePlace } from "./place.ts";
import { createNavigator, type Navigator } from "./route.ts";
import { createSaver, type Saver } from "./save.ts";
import { type Choice, createChoice } from "./spot.ts";
import { createToasts, type Toasts } from "./toast.ts";

export const THEMES = ["light", "dark", "sun"] as const;
export type Theme = (typeof THEMES)[number];

export interface Open {
  form: Form;
  choice: Choice;
}

export interface Model {
  phone: Phone;
  words: Words;
  theme: ReadonlySignal<Theme>;
  navigator: Navigator;
  desk: Desk;
  lists: ListsState;
  saver: Saver;
  toasts: Toasts;
  /** The form of a record: the same one for as long as it stays the record in hand. */
  open(record: string): Open;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

export async function createModel(phone: Phone, view: Window): Promise<Model> {
  const { db } = phone;
  const language = await readSetting(db, "language");
  const words = createWords(
    isLanguage(language) ? language : firstLanguage(view.navigator.languages),
  );
  const theme = signal(readTheme(await readSetting(db, "theme")));
  const navigator = createNavigator(view);
  const desk = createDesk(db);
  const lists = createLists(db);
  const saver = createSaver();
  await Promise.all([desk.load(), lists.load()]);
  await restorePlace(db, desk, navigator);
  rememberPlace(db, navigator);
  const toasts = createToasts();
  // A word about one screen does not follow to the next.
  effect(() => {
    void navigator.route.value;
    toasts.close();
  });
  reloadOnChange(db, desk, lists);
  return {
    phone,
    words,
    theme,
    navigator,
    desk,
    lists,
    saver,
    toasts,
    open: opener(phone, saver),
    setLanguage: (code) => choose(db, "language", words.language, code),
    setTheme: (name) => choose(db, "theme", theme, name),
  };
}

function opener({ db, clock }: Phone, saver: Saver): (record: string) => Open {
  let held: Open | null = null;
  return (record) => {
    if (held?.form.record !== record) {
      held = { form: createForm(db, clock, saver, record), choice: createChoice(db, record) };
      void held.form.load();
      void held.choice.load();
    }
    return held;
  };
}

const LIST_DELAY_MS = 150;
const DESK_NAMES = ["records", "edits", "photos", "devices"];

/** Lists and counts follow the database, a moment later: many writes in a row cost one reading. */
function reloadOnChange(db: Store, desk: Desk, lists: ListsState): void {
  let isDue = false;
  const changed = new Set<string>();
  // The lists first: who is told that the server has answered finds here what it has.
  const reload = async (names: readonly string[]) => {
    if (names.includes("reference")) await lists.load();
    if (names.some((name) => DESK_NAMES.includes(name))) await desk.load();
  };
  db.subscribe((names) => {
    for (const name of names) changed.add(name);
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      void reload([...changed]);
      changed.clear();
    }, LIST_DELAY_MS);
  });
}

function choose<T extends string>(db: Store, name: string, held: Signal<T>, value: T): void {
  held.value = value;
  // Not kept on a full phone, and not worth stopping for: it holds until the app is closed.
  saveSetting(db, name, value).catch(() => undefined);
}

function readTheme(value: unknown): Theme {
  return THEMES.find((theme) => theme === value) ?? "light";
}
