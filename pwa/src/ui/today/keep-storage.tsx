// Asks once to keep the data for good: a full phone may otherwise clear what was not delivered.
import { useEffect, useState } from "preact/hooks";
import { readSetting, saveSetting } from "../../store/place.ts";
import { BigButton } from "../parts/cell.tsx";
import { useModel, useSay } from "../use.ts";

type Asked = "unknown" | "ask" | "granted" | "denied" | "closed";
const SETTING = "asked-to-keep";

export function KeepStorage() {
  const { phone } = useModel();
  const say = useSay();
  const [asked, setAsked] = useState<Asked>("unknown");
  useEffect(() => {
    void isToAsk().then((isOpen) => setAsked(isOpen ? "ask" : "closed"));
    async function isToAsk(): Promise<boolean> {
      if ((await phone.readRoom()).isPersistent) return false;
      return (await readSetting(phone.db, SETTING)) !== true;
    }
  }, [phone]);
  const ask = async () => {
    setAsked((await phone.askToPersist()) ? "granted" : "denied");
    await saveSetting(phone.db, SETTING, true);
  };
  if (asked === "unknown" || asked === "closed") return null;
  return (
    <section class="card">
      <h2>{say("keep.title")}</h2>
      <p>{say(TEXT[asked])}</p>
      {asked === "ask" ? (
        <BigButton tone="plain" onTap={() => void ask()}>
          {say("keep.ask")}
        </BigButton>
      ) : null}
    </section>
  );
}

const TEXT = { ask: "keep.text", granted: "keep.granted", denied: "keep.denied" } as const;
