// Under any history of taps, finishes, refusals and cut lines, the phone's counters equal the truth.
import "fake-indexeddb/auto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeFields } from "../core/merge.ts";
import { openStore, type Store } from "../store/db.ts";
import { sha256Hex } from "../store/digest.ts";
import { newUuid } from "../store/ids.ts";
import {
  finishInspection,
  reopenInspection,
  saveAnswer,
  startInspection,
} from "../store/inspections.ts";
import { keepPhoto } from "../store/photos.ts";
import { readProof } from "../store/proof.ts";
import { countOutbox, listInspections } from "../store/records.ts";
import { isPending, isRefused } from "../store/state.ts";
import {
  allEdits,
  DEVICE_A,
  enrolled,
  freshName,
  type HandClock,
  handClock,
  newPhoto,
} from "../store/testing.ts";
import { syncOnce } from "./sync.ts";
import { type FakeServer, fakeServer, place } from "./testing.ts";
import { startPace } from "./uploads.ts";

type Step =
  | { do: "start" | "finish" | "reopen" | "answer" | "photo"; pick: number }
  | { do: "sync"; line: "whole" | "dead" | "cut" | "no photos"; refuses: boolean }
  | { do: "restore" | "office"; pick: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom(
        "start" as const,
        "finish" as const,
        "reopen" as const,
        "answer" as const,
        "photo" as const,
      ),
      pick: fc.nat(5),
    }),
    fc.record({
      do: fc.constant("sync" as const),
      line: fc.constantFrom(
        "whole" as const,
        "dead" as const,
        "cut" as const,
        "no photos" as const,
      ),
      refuses: fc.boolean(),
    }),
    fc.record({ do: fc.constantFrom("restore" as const, "office" as const), pick: fc.nat(1) }),
  ),
  { minLength: 3, maxLength: 20 },
);

interface World {
  db: Store;
  clock: HandClock;
  server: FakeServer;
  /** What the inspector knows to have done. */
  finished: Map<string, boolean>;
}

test("the counters equal the truth, and a good line at the end brings everything over", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const world = await newWorld();
      for (const step of history) {
        world.clock.move(1000);
        await take(world, step);
        await expectTruth(world);
      }
      await expectAllOver(world);
    }),
    { numRuns: 40 },
  );
});

async function newWorld(): Promise<World> {
  const clock = handClock();
  const db = await openStore({ name: freshName() });
  await enrolled(db, clock);
  return { db, clock, server: fakeServer(clock), finished: new Map() };
}

async function take(world: World, step: Step): Promise<void> {
  if (step.do === "sync") return sync(world, step.line, step.refuses);
  if (step.do === "restore") return restore(world.server);
  if (step.do === "office") return speak(world, step.pick === 0 ? "released" : "explained");
  const records = [...world.finished.keys()];
  const record = records[step.pick % Math.max(1, records.length)];
  if (step.do === "start" || record === undefined) {
    world.finished.set(
      await startInspection(world.db, world.clock, newUuid, { mode: "daily" }),
      false,
    );
    return;
  }
  await act(world, step.do, record);
}

async function act(
  world: World,
  what: "finish" | "reopen" | "answer" | "photo",
  record: string,
): Promise<void> {
  const { db, clock, finished } = world;
  if (what === "finish") await finishInspection(db, clock, record);
  if (what === "reopen") await reopenInspection(db, clock, record);
  if (what === "answer")
    await saveAnswer(db, clock, record, "P1-01", { value: "pass", note: newUuid() });
  if (what === "photo") await keepPhoto(db, clock, record, "P1-02", await newPhoto(200));
  if (what === "finish" || what === "reopen") finished.set(record, what === "finish");
}

async function sync(world: World, line: string, refuses: boolean): Promise<void> {
  const { db, server } = world;
  server.refuse = () => (refuses ? "field_value" : null);
  server.before = ({ path }) => {
    if (line === "dead" || (line === "no photos" && !path.endsWith("/sync")))
      throw new TypeError("dead");
    return null;
  };
  server.after = (_, answer) => {
    if (line === "cut") throw new TypeError("cut");
    return answer;
  };
  await syncOnce({ db, net: server.net, lock: async (work) => work(), pace: startPace() });
}

function restore(server: FakeServer): void {
  server.epoch = `${server.epoch}+`;
  server.log.clear();
  server.leaves.length = 0;
  server.records.clear();
  server.photos.clear();
  server.uploads.clear();
  server.changes.length = 0;
}

/** The office takes a refused edit into its record, or says why it does not. */
async function speak({ db, server, clock }: World, state: string): Promise<void> {
  const edit = (await allEdits(db)).find((one) => one.state === "refused" && !one.isReplaced);
  if (!edit) return;
  const name = `inspection/${edit.record}`;
  if (state === "released") {
    const taken = mergeFields(server.records.get(name) ?? {}, edit.fields, edit.stamp).state;
    place(server, "inspection", edit.record, taken);
  }
  place(server, "refusal", edit.record, {
    stamp: { value: edit.stamp, stamp: "1" },
    state: { value: state, stamp: "1" },
    note: { value: `${clock()}`, stamp: "1" },
  });
}

/** Every edit ever made is acknowledged, on its way, or refused: there is no fourth state. */
async function expectNoFourthState(db: Store): Promise<void> {
  const edits = (await allEdits(db)).filter(({ isReplaced }) => !isReplaced);
  const count = (...states: string[]) => edits.filter(({ state }) => states.includes(state)).length;
  const [acked, outbox] = [count("accepted", "late"), count("open", "frozen")];
  expect(acked + outbox + count("refused")).toBe(edits.length);
  expect(edits.filter(isPending).length).toBe(outbox + edits.filter(isRefused).length);
  const refused = new Set(edits.filter(isRefused).map(({ record }) => record));
  expect((await countOutbox(db)).refused).toBe(refused.size);
}

async function expectTruth({ db, server, finished }: World): Promise<void> {
  await expectNoFourthState(db);
  const inspections = await listInspections(db);
  const outbox = await countOutbox(db);
  expect(inspections).toHaveLength(finished.size);
  expect(outbox.drafts + outbox.waiting + outbox.sending + outbox.refused + outbox.arrived).toBe(
    finished.size,
  );
  for (const { record, state, delivery, isFinished } of inspections) {
    expect(isFinished).toBe(finished.get(record));
    if (delivery.kind === "draft") expect(isFinished).toBe(false);
    if (delivery.kind !== "arrived" || server.epoch.endsWith("+")) continue;
    expect(server.records.get(`inspection/${record}`)).toEqual(state);
    expect(delivery.photos.arrived).toBe(delivery.photos.total);
  }
}

async function expectAllOver(world: World): Promise<void> {
  const { db, clock, server } = world;
  // A refusal whose receipt was lost is heard of in the first round and answered in the second.
  for (let round = 0; round < 2; round++) {
    for (const { record, delivery } of await listInspections(db)) {
      if (delivery.kind !== "arrived") await finishInspection(db, clock, record);
    }
    await sync(world, "whole", false);
  }
  const inspections = await listInspections(db);
  expect(inspections.map(({ delivery }) => delivery.kind)).toEqual(
    inspections.map(() => "arrived"),
  );
  for (const { record, state, answers } of inspections) {
    expect(server.records.get(`inspection/${record}`)).toEqual(state);
    for (const name of answers["P1-02"]?.photos ?? []) expect(server.photos.has(name)).toBe(true);
  }
  const stamps = [...server.log.keys()].sort();
  const proof = await readProof(db, DEVICE_A);
  expect(proof.edits).toBe(stamps.length);
  expect(proof.editsDigest).toBe(await sha256Hex(stamps.map((stamp) => `${stamp}\n`).join("")));
}
