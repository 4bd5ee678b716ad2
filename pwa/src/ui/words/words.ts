// Finds the word for a key in the language chosen, and fills in its gaps.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { en } from "./en.ts";
import { type Word, zh } from "./zh.ts";

export type Language = "zh-CN" | "en";
export type Gaps = Record<string, string | number>;
export type Say = (key: Word, gaps?: Gaps) => string;

/** The language's own name is the same in every language. */
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: "zh-CN", name: "中文" },
  { code: "en", name: "English" },
];

const LISTS: Record<Language, Record<Word, string>> = { "zh-CN": zh, en };

export interface Words {
  language: Signal<Language>;
  say: ReadonlySignal<Say>;
}

export function createWords(first: Language): Words {
  const language = signal(first);
  const say = computed(() => sayIn(language.value));
  return { language, say };
}

export function sayIn(language: Language): Say {
  const list = LISTS[language];
  return (key, gaps = {}) => fill(list[key], gaps);
}

/** The first of the browser's languages that we speak; Chinese when it names none at all. */
export function firstLanguage(tags: readonly string[]): Language {
  const asked = tags.map((tag) => tag.slice(0, 2).toLowerCase());
  const spoken = asked.find((two) => two === "zh" || two === "en");
  return (spoken || asked[0] || "zh") === "zh" ? "zh-CN" : "en";
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some(({ code }) => code === value);
}

/** A word that may not be in the list, such as a server's problem code, else the one to fall back on. */
export function sayOr(say: Say, key: string, fallback: Word, gaps?: Gaps): string {
  return say(key in zh ? (key as Word) : fallback, gaps);
}

/** Checklist texts hold both languages as "中文 / English". */
export function half(text: string, language: Language): string {
  const cut = text.indexOf(" / ");
  if (cut < 0) return text;
  return language === "en" ? text.slice(cut + 3) : text.slice(0, cut);
}

/** "{n}" is the number; "{n|photo|photos}" is the word that goes with it. */
const GAP = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

function fill(text: string, gaps: Gaps): string {
  return text.replace(GAP, (gap, name: string, one?: string, many?: string) => {
    const value = gaps[name];
    if (one !== undefined) return Number(value) === 1 ? one : String(many);
    return String(value ?? gap);
  });
}
