// Edits: which are taken, what is wrong with the others, and what is hashed.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { canonicalJson, type Json, utf8Length } from "./canonical.ts";
import { type Edit, editProblem, GENESIS } from "./edit.ts";

interface Case {
  name: string;
  edit: Edit;
  grow?: { fields?: number; name_length?: number; bytes?: number };
  sha256: string;
  code: string;
}

const file = new URL("../../../sync/vectors/edits.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as { valid: Case[]; invalid: Case[] };

test.each(vectors.valid)("an edit is taken and hashed: $name", (example) => {
  const edit = grown(example);
  expect(editProblem(edit)).toBeNull();
  const text = canonicalJson(edit as unknown as Json);
  expect(createHash("sha256").update(text, "utf8").digest("hex")).toBe(example.sha256);
});

test.each(vectors.invalid)("an edit is refused by name: $name", (example) => {
  expect(editProblem(grown(example))).toBe(example.code);
});

test("an edit that begins a chain names 64 zeros before it", () => {
  expect(GENESIS).toBe("0000000000000000000000000000000000000000000000000000000000000000");
  expect(editProblem({ ...vectors.valid[0]?.edit, prev: GENESIS })).toBeNull();
});

/** The case's edit, its fields replaced where it asks for many, a long name, or bytes. */
function grown({ edit, grow = {} }: Case): Edit {
  if (grow.fields !== undefined) {
    const fields: Record<string, Json> = {};
    for (let n = 0; n < grow.fields; n += 1) fields[`f${n}`] = n;
    return { ...edit, fields };
  }
  if (grow.name_length !== undefined) {
    return { ...edit, fields: { ["🚌".repeat(grow.name_length)]: 1 } };
  }
  if (grow.bytes !== undefined) {
    const empty = canonicalJson({ ...edit, fields: { note: "" } });
    return { ...edit, fields: { note: "x".repeat(grow.bytes - utf8Length(empty)) } };
  }
  return edit;
}
