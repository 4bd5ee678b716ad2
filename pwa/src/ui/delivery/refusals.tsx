// What was refused of a record, and the office's words about each refusal.
import type { Refusal } from "../../store/records.ts";
import { useSay } from "../use.ts";
import { sayOr } from "../words/words.ts";

export function Refusals({ refusals }: { refusals: readonly Refusal[] }) {
  const say = useSay();
  return (
    <>
      {refusals.map(({ stamp, reason, answer }) => (
        <div key={stamp} class="question">
          <p class="question-title">
            {say("refusal.was", {
              reason: sayOr(say, `problem.${reason.code}`, "problem.refused"),
            })}
          </p>
          {answer ? (
            <p class="question-text">{say(`refusal.${answer.state}`, { note: answer.note })}</p>
          ) : null}
        </div>
      ))}
    </>
  );
}
