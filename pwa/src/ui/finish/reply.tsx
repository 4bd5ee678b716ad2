// The author's words to the reviewer of a returned record: a field of the record like any other.
import { useDraft } from "../parts/draft.ts";
import { questionOf } from "../state/desk.ts";
import type { Form } from "../state/form.ts";
import { textIn } from "../state/read.ts";
import { useSay } from "../use.ts";

export function Reply({ form }: { form: Form }) {
  const say = useSay();
  const state = form.state.value;
  const draft = useDraft(
    textIn(form.fields.value, "reply") ?? "",
    (reply) => void form.set({ reply }),
  );
  if (!state || state === "gone" || questionOf(state) === null) return null;
  return (
    <section class="group">
      <label class="group-title" for="reply">
        {say("finish.yourAnswer")}
      </label>
      <textarea
        id="reply"
        rows={3}
        maxLength={2000}
        value={draft.text}
        onInput={(event) => draft.onInput(event.currentTarget.value)}
        onBlur={draft.onBlur}
      />
    </section>
  );
}
