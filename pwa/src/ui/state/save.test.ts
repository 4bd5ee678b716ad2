// "Saved" is said when it is true and at no other time.
import { describe, expect, it } from "vitest";
import { NotSaved } from "../../store/errors.ts";
import { createSaver } from "./save.ts";

function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe("the saved mark", () => {
  it("says saved only after the save is through", async () => {
    const saver = createSaver();
    const work = later<string>();
    const kept = saver.keep(() => work.promise);
    expect(saver.mark.value).toEqual({ kind: "saving" });
    work.resolve("done");
    expect(await kept).toBe("done");
    expect(saver.mark.value).toEqual({ kind: "saved" });
  });

  it("waits for the last of several saves", async () => {
    const saver = createSaver();
    const [first, second] = [later<number>(), later<number>()];
    const both = [saver.keep(() => first.promise), saver.keep(() => second.promise)];
    first.resolve(1);
    await both[0];
    expect(saver.mark.value).toEqual({ kind: "saving" });
    second.resolve(2);
    await both[1];
    expect(saver.mark.value).toEqual({ kind: "saved" });
  });

  it("says why nothing was kept, until a later save goes through", async () => {
    const saver = createSaver();
    const failed = await saver.keep(() => Promise.reject(new NotSaved("quota", null)));
    expect(failed).toBeNull();
    expect(saver.mark.value).toEqual({ kind: "failed", reason: "quota" });
    const work = later<number>();
    const kept = saver.keep(() => work.promise);
    expect(saver.mark.value).toEqual({ kind: "failed", reason: "quota" });
    work.resolve(1);
    await kept;
    expect(saver.mark.value).toEqual({ kind: "saved" });
  });

  it("does not hide a mistake of our own as a full phone", async () => {
    const saver = createSaver();
    await expect(saver.keep(() => Promise.reject(new TypeError("bug")))).rejects.toThrow("bug");
    expect(saver.mark.value).toEqual({ kind: "failed", reason: "unknown" });
  });
});
