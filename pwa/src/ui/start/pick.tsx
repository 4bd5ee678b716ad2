// The lists behind the cells of the start screen: crew, route, station, another vehicle.
import { useState } from "preact/hooks";
import { type CrewMember, type Duty, searchCrew } from "../../store/reference.ts";
import type { Fields } from "../../store/schema.ts";
import { Group } from "../parts/cell.tsx";
import { Icon } from "../parts/icons.tsx";
import { Screen } from "../parts/screen.tsx";
import { PickCell, SearchField } from "../parts/search-list.tsx";
import { useSearch } from "../parts/use-search.ts";
import type { Form } from "../state/form.ts";
import { hasPulled } from "../state/lists.ts";
import { textIn } from "../state/read.ts";
import type { Pick, Route } from "../state/route.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import { vehicleFields } from "./start.tsx";
import { VehicleScreen } from "./vehicle.tsx";

interface PickProps {
  form: Form;
  parent: Route;
  onPick: (fields: Fields) => void;
}

export function PickScreen({ form, pick }: { form: Form; pick: Pick }) {
  const { navigator, lists } = useModel();
  const parent: Route = { screen: "setup", record: form.record };
  const onPick = (fields: Fields) => {
    void form.set(fields);
    navigator.back(parent);
  };
  if (pick === "vehicle") {
    return (
      <VehicleScreen
        parent={parent}
        chosen={textIn(form.fields.value, "vehicle")}
        onChoose={(choice) => onPick(vehicleFields(lists.lists.value, choice))}
      />
    );
  }
  if (pick === "route") return <RoutePick form={form} parent={parent} onPick={onPick} />;
  if (pick === "station") return <StationPick form={form} parent={parent} onPick={onPick} />;
  return <CrewPick form={form} parent={parent} onPick={onPick} duty={pick} />;
}

const CREW_SHOWN = 100;

function CrewPick({ form, parent, onPick, duty }: PickProps & { duty: Duty }) {
  const { phone, desk } = useModel();
  const say = useSay();
  const none = hasPulled(desk.device.value) ? "crew.empty" : "today.noReference";
  const [text, setText] = useState("");
  const look = (wanted: string) => searchCrew(phone.db, duty, wanted);
  const { rows: found, isDone } = useSearch(text, look);
  const station = textIn(form.fields.value, "station");
  const here = found.filter((member) => member.station === station).slice(0, CREW_SHOWN);
  const others = found
    .filter((member) => member.station !== station)
    .slice(0, CREW_SHOWN - here.length);
  const more = found.length - here.length - others.length;
  const chosen = textIn(form.fields.value, duty);
  const pick = (member: CrewMember) => onPick({ [duty]: member.id, [`${duty}_typed`]: null });
  return (
    <Screen title={say(`crew.${duty}Title`)} parent={parent} kind="is-picker">
      <SearchField label={say("crew.search")} text={text} onInput={setText} />
      {text.trim() ? null : <Nobody duty={duty} onPick={onPick} />}
      <p class="found" role="status">
        {isDone && found.length === 0 ? say(text.trim() ? "crew.nothing" : none, { text }) : ""}
      </p>
      <CrewGroup title={say("crew.here")} rows={here} chosen={chosen} onPick={pick} />
      <CrewGroup title={say("crew.others")} rows={others} chosen={chosen} onPick={pick} />
      {more > 0 ? <p class="found">{say("crew.more", { n: more })}</p> : null}
      {text.trim() && isDone ? (
        <Typed
          text={text.trim()}
          onPick={() => onPick({ [duty]: null, [`${duty}_typed`]: text.trim() })}
        />
      ) : null}
    </Screen>
  );
}

function Nobody({ duty, onPick }: { duty: Duty; onPick: (fields: Fields) => void }) {
  const say = useSay();
  return (
    <Group>
      <PickCell
        title={say(duty === "driver" ? "crew.noneDriver" : "crew.none")}
        onPick={() => onPick({ [duty]: null, [`${duty}_typed`]: null })}
      />
    </Group>
  );
}

interface CrewGroupProps {
  title: string;
  rows: CrewMember[];
  chosen: string | null;
  onPick: (member: CrewMember) => void;
}

function CrewGroup({ title, rows, chosen, onPick }: CrewGroupProps) {
  const say = useSay();
  if (rows.length === 0) return null;
  return (
    <Group title={title}>
      {rows.map((member) => (
        <PickCell
          key={member.id}
          title={member.name}
          note={say("crew.number", { number: member.staffNumber })}
          isChosen={member.id === chosen}
          onPick={() => onPick(member)}
        />
      ))}
    </Group>
  );
}

function Typed({ text, onPick }: { text: string; onPick: () => void }) {
  const say = useSay();
  return (
    <Group>
      <button type="button" class="cell cell-tap is-primary" onClick={onPick}>
        <span class="cell-icon">
          <Icon name="plus" />
        </span>
        <span class="cell-text">
          <span class="cell-label">{say("crew.typed", { text })}</span>
          <span class="cell-note">{say("crew.typedHelp")}</span>
        </span>
      </button>
    </Group>
  );
}

// Route 2 comes before route 101.
const BY_NUMBER = new Intl.Collator("zh-CN", { numeric: true });

function RoutePick({ form, parent, onPick }: PickProps) {
  const { lists } = useModel();
  const say = useSay();
  const [text, setText] = useState("");
  const wanted = text.trim().toUpperCase();
  const routes = [...lists.lists.value.routes.values()]
    .filter((route) => `${route.code} ${route.name}`.toUpperCase().includes(wanted))
    .sort((a, b) => BY_NUMBER.compare(a.code, b.code));
  return (
    <Screen title={say("route.title")} parent={parent} kind="is-picker">
      <SearchField label={say("route.search")} text={text} onInput={setText} />
      <Group>
        <PickCell title={say("route.none")} onPick={() => onPick({ route: null })} />
        {routes.map((route) => (
          <PickCell
            key={route.id}
            title={`${route.code} ${route.name}`}
            isChosen={form.fields.value.route === route.id}
            onPick={() => onPick({ route: route.id })}
          />
        ))}
      </Group>
    </Screen>
  );
}

function StationPick({ form, parent, onPick }: PickProps) {
  const { lists } = useModel();
  const say = useSay();
  const language = useLanguage();
  return (
    <Screen title={say("station.title")} parent={parent} kind="is-picker">
      <Group>
        <PickCell title={say("station.none")} onPick={() => onPick({ station: null })} />
        {[...lists.lists.value.stations.values()].map((station) => (
          <PickCell
            key={station.id}
            title={language === "en" && station.nameEn ? station.nameEn : station.name}
            isChosen={form.fields.value.station === station.id}
            onPick={() => onPick({ station: station.id })}
          />
        ))}
      </Group>
    </Screen>
  );
}
