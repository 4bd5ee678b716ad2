// Who is on duty: empty, suggested by the last duty on this vehicle and confirmed by a tap, or chosen.
import type { Duty } from "../../store/reference.ts";
import { TapCell } from "../parts/cell.tsx";
import type { Form } from "../state/form.ts";
import type { CrewMember } from "../state/lists.ts";
import type { Model } from "../state/model.ts";
import { crewName, textIn } from "../state/read.ts";
import { useModel, useSay } from "../use.ts";

interface CrewCellProps {
  form: Form;
  duty: Duty;
  onTap: () => void;
}

export function CrewCell({ form, duty, onTap }: CrewCellProps) {
  const model = useModel();
  const say = useSay();
  const fields = form.fields.value;
  const name = crewName(fields, model.lists.lists.value, duty);
  const suggested =
    name === null && fields[duty] === undefined ? suggestedFor(model, form, duty) : null;
  return (
    <>
      <TapCell
        label={say(`setup.${duty}`)}
        value={name ?? say(fields[duty] === null ? "common.none" : "common.notSet")}
        note={textIn(fields, `${duty}_typed`) ? say("common.typed") : null}
        onTap={onTap}
      />
      {suggested ? <Suggestion form={form} duty={duty} member={suggested} /> : null}
    </>
  );
}

function Suggestion({ form, duty, member }: { form: Form; duty: Duty; member: CrewMember }) {
  const say = useSay();
  const { name } = member;
  return (
    <div class="cell suggestion">
      <span class="cell-text">{say("setup.suggest", { name })}</span>
      <button
        type="button"
        class="chip is-primary"
        aria-label={say("setup.confirmLabel", { duty: say(`setup.${duty}`), name })}
        onClick={() => void form.set({ [duty]: member.id, [`${duty}_typed`]: null })}
      >
        {say("setup.confirm")}
      </button>
    </div>
  );
}

/** Who was on this vehicle the last time this inspector checked it. */
function suggestedFor({ desk, lists }: Model, form: Form, duty: Duty): CrewMember | null {
  const vehicle = textIn(form.fields.value, "vehicle");
  const last = desk.inspections.value
    .filter((one) => one.record !== form.record && one.fields.vehicle === vehicle && vehicle)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .find((one) => textIn(one.fields, duty));
  return lists.lists.value.crew.get(textIn(last?.fields ?? {}, duty) ?? "") ?? null;
}
