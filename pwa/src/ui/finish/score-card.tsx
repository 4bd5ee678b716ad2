// The score and grade as they will be, the fault points beside them, and the four subjects.
import { SUBJECTS } from "../../core/checklist.ts";
import type { Score } from "../../core/score.ts";
import { scoreText } from "../state/read.ts";
import { useSay } from "../use.ts";

export function ScoreCard({ score }: { score: Score }) {
  const say = useSay();
  const total = score.total_bp;
  return (
    <section class="card score" aria-label={say("finish.score")}>
      <div class="score-top">
        <p class="score-total">
          {total === null ? (
            say("finish.notRated")
          ) : (
            <>
              <span class="score-number">{scoreText(total)}</span>
              <span class="quiet">{say("finish.score")}</span>
            </>
          )}
        </p>
        <p class="score-side">
          {score.grade ? (
            <span class={`grade grade-${score.grade}`}>
              {say("finish.grade", { grade: score.grade })}
            </span>
          ) : null}
          <span>{say("finish.faults", { n: score.fault_points })}</span>
        </p>
      </div>
      <h2 class="score-head">{say("finish.subjects")}</h2>
      <dl class="subjects">
        {SUBJECTS.map((subject) => {
          const { bp, fault_points: faults } = score.subjects[subject];
          return (
            <div key={subject}>
              <dt>{say(`subject.${subject}`)}</dt>
              <dd>
                {bp === null ? say("finish.notRated") : scoreText(bp)}
                {faults > 0 ? (
                  <span class="faults"> {say("finish.faults", { n: faults })}</span>
                ) : null}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
