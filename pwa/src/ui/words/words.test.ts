// Every word has its other language, with the same gaps, and no screen speaks outside of the lists.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { firstLanguage, half, isLanguage, sayIn, sayOr } from "./words.ts";
import { type Word, zh } from "./zh.ts";

const UI = join(dirname(fileURLToPath(import.meta.url)), "..");
const CHINESE = /[\u3400-\u9fff\u{20000}-\u{3ffff}]/u;

function gapsOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => String(name)))].sort();
}

function sources(ending: string): { name: string; text: string }[] {
  return readdirSync(UI, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => name.endsWith(ending) && !name.includes(".test.") && !name.startsWith("words"),
    )
    .map((name) => ({ name, text: readFileSync(join(UI, name), "utf8") }));
}

/** Source without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

describe("words", () => {
  it("exist in both languages, none of them empty", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    const empty = Object.entries({ ...zh, ...en }).filter(([, text]) => text.trim() === "");
    expect(empty).toEqual([]);
  });

  it("have the same gaps in both languages", () => {
    for (const word of Object.keys(zh) as Word[]) {
      expect(gapsOf(en[word]), word).toEqual(gapsOf(zh[word]));
    }
  });

  it("are English in English", () => {
    const chinese = Object.entries(en).filter(([, text]) => CHINESE.test(text));
    expect(chinese).toEqual([]);
  });

  it("are all used by some screen", () => {
    const all = [...sources(".tsx"), ...sources(".ts")].map(({ text }) => text).join("\n");
    const isUsed = (word: string) =>
      all.includes(`"${word}"`) ||
      [...all.matchAll(/`([\w.]*)\$\{[^}]*\}([\w.]*)`/g)].some(
        ([, before, after]) =>
          word.startsWith(String(before)) && word.endsWith(String(after)) && before !== "",
      );
    expect(Object.keys(zh).filter((word) => !isUsed(word))).toEqual([]);
  });
});

describe("screens", () => {
  it("hold no Chinese of their own", () => {
    const speaking = sources(".tsx").filter(({ text }) => CHINESE.test(code(text)));
    expect(speaking.map(({ name }) => name)).toEqual([]);
  });

  it("hold no text of their own between tags", () => {
    const written = />\s*([A-Za-z][a-z]+(?: [a-z]+)*)\s*<\//;
    const speaking = sources(".tsx").filter(({ text }) => written.test(code(text)));
    expect(speaking.map(({ name }) => name)).toEqual([]);
  });
});

describe("saying", () => {
  it("fills gaps and picks the form that goes with the number", () => {
    const say = sayIn("en");
    expect(say("sheet.points", { n: 1 })).toBe("1 point");
    expect(say("sheet.points", { n: 20 })).toBe("20 points");
    expect(sayIn("zh-CN")("sheet.points", { n: 20 })).toBe("计 20 分");
  });

  it("falls back to a known word for a code that is not in the list", () => {
    const say = sayIn("en");
    expect(sayOr(say, "problem.field_value", "problem.refused")).toBe(en["problem.field_value"]);
    expect(sayOr(say, "problem.never_heard_of", "problem.refused")).toBe(en["problem.refused"]);
  });

  it("takes the half of a checklist text that is in the language", () => {
    expect(half("清新 / fresh", "en")).toBe("fresh");
    expect(half("清新 / fresh", "zh-CN")).toBe("清新");
    expect(half("只有中文", "en")).toBe("只有中文");
  });

  it.each([
    [["zh-TW"], "zh-CN"],
    [["en-GB", "zh-CN"], "en"],
    [["ug-CN", "zh-CN"], "zh-CN"],
    [["de-DE", "fr"], "en"],
    [["ZH"], "zh-CN"],
    [[""], "zh-CN"],
    [[], "zh-CN"],
  ])("begins in the language that the browser asks for: %j", (tags, first) => {
    expect(firstLanguage(tags)).toBe(first);
  });

  it("knows its own languages only", () => {
    expect(isLanguage("en")).toBe(true);
    expect(isLanguage("de")).toBe(false);
  });
});
