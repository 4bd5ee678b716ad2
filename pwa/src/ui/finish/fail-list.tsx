// The fails with their photos; each leads back to its sheet while it may still be changed.
import type { Checklist } from "../../core/checklist.ts";
import { Empty, Group } from "../parts/cell.tsx";
import { Icon } from "../parts/icons.tsx";
import { Thumbs } from "../parts/thumbs.tsx";
import { named } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import type { Fail } from "./review.ts";

interface FailListProps {
  record: string;
  fails: readonly Fail[];
  checklist: Checklist;
  isFinal: boolean;
}

export function FailList({ record, fails, checklist, isFinal }: FailListProps) {
  const { navigator } = useModel();
  const say = useSay();
  if (fails.length === 0) return <Empty title={say("finish.noFails")} text="" />;
  return (
    <Group title={say("finish.fails", { n: fails.length })}>
      {fails.map((fail) => {
        const { id } = fail.item;
        const point = id.slice(0, id.indexOf("-"));
        const body = <FailBody fail={fail} checklist={checklist} />;
        if (isFinal) {
          return (
            <div key={id} class="cell fail-cell">
              {body}
            </div>
          );
        }
        return (
          <button
            key={id}
            type="button"
            class="cell cell-tap fail-cell"
            onClick={() => navigator.go({ screen: "check", record, point, item: id })}
          >
            {body}
            <span class="cell-go">
              <Icon name="chevron" />
            </span>
          </button>
        );
      })}
    </Group>
  );
}

function FailBody({ fail, checklist }: { fail: Fail; checklist: Checklist }) {
  const say = useSay();
  const language = useLanguage();
  const { item, answer, severity, isDropped, lacksPhoto } = fail;
  const name = named(item, language);
  return (
    <span class="cell-text">
      <span class="cell-label">
        <span class={`tag is-${severity}`}>{named(checklist.severities[severity], language)}</span>{" "}
        {name}
      </span>
      {answer.note ? <span class="cell-note">{answer.note}</span> : null}
      {isDropped ? <span class="cell-note">{say("check.excluded")}</span> : null}
      {answer.fixed_on_spot ? <span class="cell-note">{say("sheet.fixed")}</span> : null}
      {lacksPhoto ? (
        <span class="cell-note caution">
          <Icon name="camera" /> {say("check.noPhotoYet")}
        </span>
      ) : null}
      <Thumbs names={answer.photos ?? []} title={name} />
    </span>
  );
}
