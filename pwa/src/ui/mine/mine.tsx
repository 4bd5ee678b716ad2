// Mine: language, display, who and what this phone is, how full it is, and the update that waits.
import { useEffect, useState } from "preact/hooks";
import type { Room } from "../../store/room.ts";
import { BigButton, Cell, Group, TapCell } from "../parts/cell.tsx";
import { LanguageChoice } from "../parts/language-choice.tsx";
import { Screen } from "../parts/screen.tsx";
import { Segmented } from "../parts/segmented.tsx";
import { THEMES } from "../state/model.ts";
import { sizeText } from "../state/read.ts";
import { useModel, useSay } from "../use.ts";
import type { Say } from "../words/words.ts";

export function MineScreen() {
  const { phone, words, setLanguage, desk, theme, setTheme, lists, navigator } = useModel();
  const say = useSay();
  const device = desk.device.value;
  const held = lists.lists.value;
  const counts = { vehicles: held.vehicles.size, crew: held.crew.size, routes: held.routes.size };
  return (
    <Screen title={say("mine.title")} hasTabs>
      <UpdateCard />
      <section class="group">
        <h2 class="group-title">{say("mine.language")}</h2>
        <LanguageChoice words={words} onChoose={setLanguage} />
      </section>
      <section class="group">
        <h2 class="group-title">{say("mine.theme")}</h2>
        <Segmented
          label={say("mine.theme")}
          name="theme"
          options={THEMES.map((value) => ({ value, label: say(`mine.theme.${value}`) }))}
          value={theme.value}
          onChoose={setTheme}
        />
      </section>
      <Group>
        <Cell label={say("mine.name")} value={device?.user || say("common.notSet")} />
        <Cell label={say("mine.company")} value={device?.company || say("common.notSet")} />
        <Cell label={say("mine.device")} value={<code>{device?.id ?? ""}</code>} />
        <Cell label={say("mine.lists")} value={say("mine.listsText", counts)} />
        <RoomCells />
        <Cell label={say("mine.version")} value={phone.version} />
      </Group>
      <Group>
        <TapCell
          label={say("mine.enrolAgain")}
          onTap={() => navigator.go({ screen: "enrol", code: "" })}
        />
      </Group>
      <Group title={say("mine.about")}>
        <p class="about">{say("mine.aboutText")}</p>
      </Group>
    </Screen>
  );
}

function RoomCells() {
  const { phone } = useModel();
  const say = useSay();
  const [room, setRoom] = useState<Room | null>(null);
  useEffect(() => {
    void phone.readRoom().then(setRoom);
  }, [phone]);
  if (!room) return null;
  return (
    <>
      <Cell label={say("mine.storage")} value={roomText(room, say)} />
      <Cell
        label={say("mine.persisted")}
        value={say(room.isPersistent ? "mine.persistedYes" : "mine.persistedNo")}
      />
    </>
  );
}

function roomText({ usedBytes, quotaBytes }: Room, say: Say): string {
  if (usedBytes === null || quotaBytes === null) return say("common.notSet");
  return say("mine.storageOf", {
    used: sizeText(usedBytes),
    free: sizeText(quotaBytes - usedBytes),
  });
}

/** A new version is taken when the user says so; this screen is never in the middle of a form. */
function UpdateCard() {
  const { phone } = useModel();
  const say = useSay();
  if (!phone.update.isWaiting.value) return null;
  return (
    <section class="card">
      <h2>{say("mine.update")}</h2>
      <p>{say("mine.updateText")}</p>
      <BigButton onTap={() => phone.update.apply()}>{say("mine.updateGo")}</BigButton>
    </section>
  );
}
