// Choose the vehicle: by any part of the plate or by fleet number, the last checked first.
import { useState } from "preact/hooks";
import { searchVehicles, type Vehicle } from "../../store/reference.ts";
import { Group } from "../parts/cell.tsx";
import { Icon } from "../parts/icons.tsx";
import { Screen } from "../parts/screen.tsx";
import { PickCell, SearchField } from "../parts/search-list.tsx";
import { useSearch } from "../parts/use-search.ts";
import { hasPulled } from "../state/lists.ts";
import type { Route } from "../state/route.ts";
import { useModel, useSay } from "../use.ts";
import type { Say } from "../words/words.ts";
import { sayOr } from "../words/words.ts";
import type { Word } from "../words/zh.ts";
import { PlateKeyboard } from "./plate-keyboard.tsx";

export type VehicleChoice = { id: string } | { typed: string };

interface VehicleScreenProps {
  parent: Route;
  chosen: string | null;
  onChoose: (choice: VehicleChoice) => void;
}

const SHORTEST_TYPED = 4;
const SHOWN = 30;

export function VehicleScreen({ parent, chosen, onChoose }: VehicleScreenProps) {
  const say = useSay();
  const [text, setText] = useState("");
  const [isPlateKeys, setPlateKeys] = useState(true);
  const { phone, desk } = useModel();
  const none = hasPulled(desk.device.value) ? "vehicle.empty" : "today.noReference";
  const { rows: found, isDone } = useSearch(text, (wanted) => searchVehicles(phone.db, wanted));
  const foot = isPlateKeys ? (
    <PlateKeyboard
      onKey={(sign) => setText(text + sign)}
      onDelete={() => setText([...text].slice(0, -1).join(""))}
      onLeave={() => setPlateKeys(false)}
    />
  ) : (
    <button type="button" class="link-button" onClick={() => setPlateKeys(true)}>
      {say("vehicle.plateKeyboard")}
    </button>
  );
  return (
    <Screen title={say("vehicle.title")} parent={parent} foot={foot} kind="is-picker">
      <SearchField
        label={say("vehicle.search")}
        text={text}
        onInput={setText}
        hasOwnKeyboard={isPlateKeys}
      />
      <p class="found" role="status">
        {isDone ? foundText(text, found.length, say, none) : ""}
      </p>
      <Group note={found.length > SHOWN ? say("vehicle.more", { n: found.length - SHOWN }) : null}>
        {found.slice(0, SHOWN).map((vehicle) => (
          <VehicleCell
            key={vehicle.id}
            vehicle={vehicle}
            isChosen={vehicle.id === chosen}
            say={say}
            onPick={() => onChoose({ id: vehicle.id })}
          />
        ))}
      </Group>
      {isDone && text.trim().length >= SHORTEST_TYPED ? (
        <Typed text={text.trim()} onChoose={onChoose} />
      ) : null}
    </Screen>
  );
}

function foundText(text: string, n: number, say: Say, none: Word): string {
  if (!text) return n > 0 ? "" : say(none);
  return n > 0 ? say("vehicle.found", { n }) : say("vehicle.nothing", { text });
}

interface VehicleCellProps {
  vehicle: Vehicle;
  isChosen: boolean;
  say: Say;
  onPick: () => void;
}

function VehicleCell({ vehicle, isChosen, say, onPick }: VehicleCellProps) {
  const { lists } = useModel();
  const route = lists.lists.value.routes.get(vehicle.route ?? "");
  const kind = sayOr(say, `vehicle.kind.${vehicle.kind}`, "setup.vehicle");
  const note = [say("vehicle.fleet", { number: vehicle.fleetNumber }), kind].join(" · ");
  return (
    <PickCell
      title={<span class="plate">{vehicle.plate}</span>}
      note={note}
      aside={route?.code ?? ""}
      isChosen={isChosen}
      onPick={onPick}
    />
  );
}

function Typed({ text, onChoose }: { text: string; onChoose: (choice: VehicleChoice) => void }) {
  const say = useSay();
  return (
    <Group>
      <button
        type="button"
        class="cell cell-tap is-primary"
        onClick={() => onChoose({ typed: text })}
      >
        <span class="cell-icon">
          <Icon name="plus" />
        </span>
        <span class="cell-text">
          <span class="cell-label">{say("vehicle.typed", { text })}</span>
          <span class="cell-note">{say("vehicle.typedHelp")}</span>
        </span>
      </button>
    </Group>
  );
}
