// Says whether the last tap is on the disk, and says loudly when it is not.
import { useModel, useSay } from "../use.ts";
import { sayOr } from "../words/words.ts";
import { Icon } from "./icons.tsx";

export function SavedMark() {
  const { saver } = useModel();
  const say = useSay();
  const { kind } = saver.mark.value;
  return (
    <span class={`saved saved-${kind}`} role="status">
      {kind === "saving" ? say("saved.saving") : null}
      {kind === "saved" ? (
        <>
          <Icon name="pass" />
          {say("saved.saved")}
        </>
      ) : null}
    </span>
  );
}

/** Stays until a later save goes through. */
export function NotSavedAlert() {
  const { saver } = useModel();
  const say = useSay();
  const mark = saver.mark.value;
  if (mark.kind !== "failed") return null;
  return (
    <div class="not-saved" role="alert">
      <Icon name="warn" />
      <p>
        <strong>{say("saved.failed")}</strong>
        {sayOr(say, `saved.${mark.reason}`, "saved.unknown")}
      </p>
    </div>
  );
}
