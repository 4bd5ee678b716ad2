// Which value of a field counts: the greatest stamp wins, whatever the order of arrival.

import { canonicalJson, type Json } from "./canonical.ts";
import { own, setOwn } from "./own.ts";

export interface FieldState {
  value: Json;
  stamp: string;
}

export type RecordState = Record<string, FieldState>;

export interface Merge {
  state: RecordState;
  /** Which of the edit's fields changed the state, and which did not. A field that says again
   * what already counts is in neither list. */
  won: string[];
  lost: string[];
}

/** Lay an edit's fields over a record's state; neither argument is changed. */
export function mergeFields(
  state: Readonly<RecordState>,
  fields: Readonly<Record<string, Json>>,
  stamp: string,
): Merge {
  const merge: Merge = { state: { ...state }, won: [], lost: [] };
  for (const name of Object.keys(fields).sort()) {
    const offered: FieldState = { value: own(fields, name) ?? null, stamp };
    const present = own(state, name);
    const order = present === undefined ? 1 : compare(offered, present);
    if (order > 0) {
      setOwn(merge.state, name, offered);
      merge.won.push(name);
    } else if (order < 0) {
      merge.lost.push(name);
    }
  }
  return merge;
}

/** The state that knows everything that either knows. */
export function mergeStates(a: Readonly<RecordState>, b: Readonly<RecordState>): RecordState {
  const merged: RecordState = { ...a };
  for (const name of Object.keys(b)) {
    const offered = own(b, name);
    const present = own(a, name);
    if (offered === undefined) continue;
    if (present === undefined || compare(offered, present) > 0) setOwn(merged, name, offered);
  }
  return merged;
}

function compare(a: FieldState, b: FieldState): number {
  if (a.stamp !== b.stamp) return a.stamp > b.stamp ? 1 : -1;
  // Two values under one stamp are settled by their canonical text, so that the order is total
  // and every device ends up with the same one.
  const textA = canonicalJson(a.value);
  const textB = canonicalJson(b.value);
  if (textA === textB) return 0;
  return textA > textB ? 1 : -1;
}
