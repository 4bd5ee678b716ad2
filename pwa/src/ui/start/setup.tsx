// Who and what is checked: vehicle, kind of check, crew on duty, route and station.
import { useState } from "preact/hooks";
import { discardDraft } from "../../store/inspections.ts";
import { saveSetting } from "../../store/place.ts";
import { BigButton, Group, TapCell } from "../parts/cell.tsx";
import { SavedMark } from "../parts/saved-mark.tsx";
import { Screen } from "../parts/screen.tsx";
import { Segmented } from "../parts/segmented.tsx";
import { Ask } from "../parts/sheet.tsx";
import type { Form } from "../state/form.ts";
import {
  checklistOf,
  routeName,
  sectionsOf,
  stationName,
  textIn,
  vehicleName,
} from "../state/read.ts";
import type { Pick } from "../state/route.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import { CrewCell } from "./crew-cell.tsx";
import { MODE_SETTING } from "./start.tsx";

const MODES = ["daily", "full", "spot"] as const;

export function SetupScreen({ form }: { form: Form }) {
  const { navigator, lists } = useModel();
  const say = useSay();
  const language = useLanguage();
  const fields = form.fields.value;
  const held = lists.lists.value;
  const isSpot = fields.mode === "spot";
  const pick = (what: Pick) => () =>
    navigator.go({ screen: "setup", record: form.record, pick: what });
  const go = () =>
    navigator.go(
      isSpot ? { screen: "choose", record: form.record } : { screen: "check", record: form.record },
    );
  const foot = <BigButton onTap={go}>{say(isSpot ? "setup.choose" : "setup.go")}</BigButton>;
  const none = say("common.notSet");
  return (
    <Screen
      title={say("setup.title")}
      parent={{ screen: "today" }}
      aside={<SavedMark />}
      foot={foot}
    >
      <Group>
        <TapCell
          label={say("setup.vehicle")}
          value={<span class="plate">{vehicleName(fields, held) ?? none}</span>}
          note={textIn(fields, "vehicle_typed") ? say("common.typed") : null}
          onTap={pick("vehicle")}
        />
      </Group>
      <ModeChoice form={form} />
      <Group>
        <CrewCell form={form} duty="driver" onTap={pick("driver")} />
        <CrewCell form={form} duty="conductor" onTap={pick("conductor")} />
      </Group>
      <Group>
        <TapCell
          label={say("setup.route")}
          value={routeName(fields, held) ?? none}
          onTap={pick("route")}
        />
        <TapCell
          label={say("setup.station")}
          value={stationName(fields, held, language) ?? none}
          onTap={pick("station")}
        />
      </Group>
      <DiscardButton record={form.record} />
    </Screen>
  );
}

function ModeChoice({ form }: { form: Form }) {
  const { phone, lists } = useModel();
  const say = useSay();
  const mode = textIn(form.fields.value, "mode");
  const checklist = checklistOf(form.fields.value, lists.lists.value);
  const items = checklist
    ? sectionsOf(checklist, mode ?? "", null).flatMap((one) => one.items)
    : [];
  const seconds = items.reduce((sum, item) => sum + (item.secondsToJudge ?? 0), 0);
  const choose = (chosen: string) => {
    void form.set({ mode: chosen });
    // The next inspection starts with the same kind; not worth a word when it cannot be kept.
    saveSetting(phone.db, MODE_SETTING, chosen).catch(() => undefined);
  };
  return (
    <section class="group">
      <h2 class="group-title">{say("mode.label")}</h2>
      <Segmented
        label={say("mode.label")}
        name="mode"
        options={MODES.map((value) => ({ value, label: say(`mode.${value}`) }))}
        value={MODES.find((value) => value === mode) ?? null}
        onChoose={choose}
      />
      {items.length > 0 && mode !== "spot" ? (
        <p class="group-note">
          {say("mode.items", { n: items.length, minutes: Math.ceil(seconds / 60) })}
        </p>
      ) : null}
    </section>
  );
}

function DiscardButton({ record }: { record: string }) {
  const { phone, saver, navigator, toasts } = useModel();
  const say = useSay();
  const [isAsking, setAsking] = useState(false);
  const discard = async () => {
    setAsking(false);
    const result = await saver.keep(() => discardDraft(phone.db, record));
    if (result === "already_offered") toasts.show(say("setup.cannotDiscard"));
    if (result !== "discarded") return;
    navigator.swap({ screen: "today" });
    toasts.show(say("setup.discarded"));
  };
  return (
    <>
      <button type="button" class="link-button is-fail" onClick={() => setAsking(true)}>
        {say("setup.discard")}
      </button>
      {isAsking ? (
        <Ask
          title={say("setup.discardAsk")}
          yes={say("setup.discardYes")}
          no={say("setup.discardNo")}
          isDanger
          onYes={() => void discard()}
          onNo={() => setAsking(false)}
        >
          <p>{say("setup.discardText")}</p>
        </Ask>
      ) : null}
    </>
  );
}
