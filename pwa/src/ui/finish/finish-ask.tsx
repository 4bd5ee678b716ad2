// The last question: from here on the record is on its way; a missing photo asks for its reason.
import { useState } from "preact/hooks";
import { Segmented } from "../parts/segmented.tsx";
import { Ask } from "../parts/sheet.tsx";
import type { Form } from "../state/form.ts";
import { useSay } from "../use.ts";
import type { Word } from "../words/zh.ts";
import type { Fail, Review } from "./review.ts";

const REASONS = ["left", "dark", "privacy", "camera"] as const;
type Reason = (typeof REASONS)[number];

interface FinishAskProps {
  form: Form;
  review: Review;
  onYes: () => void;
  onNo: () => void;
}

export function FinishAsk({ form, review, onYes, onNo }: FinishAskProps) {
  const say = useSay();
  const [reason, setReason] = useState<Reason | null>(null);
  const { noPhoto } = review;
  const finish = async () => {
    if (reason && noPhoto.length > 0) {
      const note = say("finish.noPhotoNote", { reason: say(wordOf(reason)) });
      if (!(await form.answerAll(notesOf(noPhoto, note)))) return;
    }
    onYes();
  };
  return (
    <Ask
      title={say("finish.ask")}
      yes={say("finish.yes")}
      no={say("finish.no")}
      onYes={() => void finish()}
      onNo={onNo}
    >
      <p>{say("finish.askText")}</p>
      {noPhoto.length > 0 ? (
        <div class="sheet-part">
          <p class="caution">{say("finish.noPhoto", { n: noPhoto.length })}</p>
          <p class="sheet-label">{say("finish.noPhotoReason")}</p>
          <Segmented
            kind="is-list"
            label={say("finish.noPhotoReason")}
            name="no-photo"
            options={REASONS.map((value) => ({ value, label: say(wordOf(value)) }))}
            value={reason}
            onChoose={setReason}
          />
        </div>
      ) : null}
    </Ask>
  );
}

function wordOf(reason: Reason): Word {
  return `finish.reason.${reason}`;
}

function notesOf(fails: readonly Fail[], note: string): Record<string, { note: string }> {
  return Object.fromEntries(fails.map(({ item }) => [item.id, { note }]));
}
