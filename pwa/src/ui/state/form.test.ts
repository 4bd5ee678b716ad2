// A tap is shown at once, kept in one save, and taken back when it could not be kept.
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import type { Store } from "../../store/db.ts";
import { NotSaved } from "../../store/errors.ts";
import { newUuid } from "../../store/ids.ts";
import { startInspection } from "../../store/inspections.ts";
import { readInspection } from "../../store/records.ts";
import { enrolled, freshStore, handClock, newPhoto } from "../../store/testing.ts";
import { createForm } from "./form.ts";
import { createSaver } from "./save.ts";

const clock = handClock();

async function openForm(hasRoom: () => boolean = () => true) {
  const real = await freshStore();
  await enrolled(real, clock);
  const record = await startInspection(real, clock, newUuid, { mode: "daily" });
  // A phone that is full refuses every write, as the store then does.
  const db: Store = {
    ...real,
    write: (names, work) =>
      hasRoom() ? real.write(names, work) : Promise.reject(new NotSaved("quota", null)),
  };
  const saver = createSaver();
  const form = createForm(db, clock, saver, record);
  await form.load();
  return { db, form, saver, record };
}

describe("a tap", () => {
  it("is on screen before it is on the disk, and on the disk before it is called saved", async () => {
    const { db, form, saver, record } = await openForm();
    const kept = form.answer("P2-01", { value: "pass" });
    expect(form.answers.value["P2-01"]).toEqual({ value: "pass" });
    expect(saver.mark.value.kind).toBe("saving");
    expect(await kept).toBe(true);
    expect(saver.mark.value.kind).toBe("saved");
    expect((await readInspection(db, record))?.answers["P2-01"]).toEqual({ value: "pass" });
  });

  it("is taken back, loudly, when the phone is full", async () => {
    let isFull = false;
    const { form, saver } = await openForm(() => !isFull);
    await form.answer("P2-01", { value: "pass" });
    isFull = true;
    expect(await form.answer("P2-01", { value: "fail" })).toBe(false);
    expect(form.answers.value["P2-01"]).toEqual({ value: "pass" });
    expect(saver.mark.value).toEqual({ kind: "failed", reason: "quota" });
  });

  it("right after another keeps both", async () => {
    const { db, form, record } = await openForm();
    await Promise.all([
      form.answer("P2-01", { value: "fail" }),
      form.answer("P2-01", { note: "左前灯" }),
      form.answer("P2-02", { value: "na" }),
    ]);
    const answers = (await readInspection(db, record))?.answers;
    expect(answers).toEqual({
      "P2-01": { value: "fail", note: "左前灯" },
      "P2-02": { value: "na" },
    });
    expect(form.answers.value).toEqual(answers);
  });
});

describe("a photo", () => {
  it("comes with its answer, and can be removed and brought back", async () => {
    const { form } = await openForm();
    await form.answer("P2-01", { value: "fail", note: "灯不亮" });
    const photo = await newPhoto();
    expect(await form.addPhoto("P2-01", photo)).toBe(true);
    expect(form.answers.value["P2-01"]?.photos).toEqual([photo.sha256]);
    expect(await form.dropPhoto("P2-01", photo.sha256)).toBe(true);
    expect(form.answers.value["P2-01"]).toEqual({ value: "fail", note: "灯不亮", photos: [] });
    expect(await form.addPhoto("P2-01", photo)).toBe(true);
    expect(form.answers.value["P2-01"]?.photos).toEqual([photo.sha256]);
  });
});

describe("a form", () => {
  it("whose record is not on this phone says so", async () => {
    const { db, saver } = await openForm();
    const form = createForm(db, clock, saver, newUuid());
    await form.load();
    expect(form.state.value).toBe("gone");
  });

  it("passes a section in one save and finishes", async () => {
    const { form } = await openForm();
    await form.answerAll({ "P2-01": { value: "pass" }, "P2-02": { value: "pass" } });
    expect(form.answers.value).toEqual({ "P2-01": { value: "pass" }, "P2-02": { value: "pass" } });
    expect(await form.finish()).toBe(true);
    expect(form.fields.value.state).toBe("finished");
  });
});
