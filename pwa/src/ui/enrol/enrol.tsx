// Enrol this phone with a one-time code; every way in which it can fail has its own sentence.
// A phone that is enrolled already says so first: an old link opened again is no reason to start anew.
import { useEffect, useState } from "preact/hooks";
import { type EnrolResult, parseEnrolCode } from "../../net/enrol.ts";
import { NotSaved } from "../../store/errors.ts";
import type { DeviceRow } from "../../store/schema.ts";
import { BigButton, Group } from "../parts/cell.tsx";
import { LanguageChoice } from "../parts/language-choice.tsx";
import { LossCard } from "../parts/loss-card.tsx";
import { Screen } from "../parts/screen.tsx";
import { useModel, useSay } from "../use.ts";
import type { Word } from "../words/zh.ts";

interface Trouble {
  word: Word;
  code: string;
}

export function EnrolScreen({ code }: { code: string }) {
  const { desk } = useModel();
  const [isAnew, setAnew] = useState(false);
  const device = desk.device.value;
  // Who comes without a code asked for it on the screen before.
  if (!device || device.refusal || code === "" || isAnew) return <EnrolForm code={code} />;
  return <EnrolledAlready user={device.user} onAnew={() => setAnew(true)} />;
}

function EnrolledAlready({ user, onAnew }: { user: string; onAnew: () => void }) {
  const { navigator } = useModel();
  const say = useSay();
  return (
    <Screen
      title={say("app.name")}
      parent={{ screen: "today" }}
      foot={
        <BigButton onTap={() => navigator.swap({ screen: "today" })}>{say("enrol.goOn")}</BigButton>
      }
    >
      <section class="lead">
        <h2>{say("enrol.already", { user })}</h2>
        <p>{say("enrol.alreadyHelp")}</p>
      </section>
      <button type="button" class="link-button" onClick={onAnew}>
        {say("mine.enrolAgain")}
      </button>
    </Screen>
  );
}

/** Must be enrolled: never was, or the server refused it. May be: its user wants to. */
function Lead({ device }: { device: DeviceRow | null }) {
  const say = useSay();
  const titles = { again: "enrol.again", already: "enrol.already", first: "enrol.title" } as const;
  const kind = device?.refusal ? "again" : "already";
  return (
    <section class="lead">
      <h2>{say(titles[device ? kind : "first"], { user: device?.user ?? "" })}</h2>
      <p>{say(device ? "enrol.againHelp" : "enrol.lead")}</p>
    </section>
  );
}

function EnrolForm({ code: linked }: { code: string }) {
  const model = useModel();
  const say = useSay();
  const [code, setCode] = useState(linked);
  const [name, setName] = useState(say("enrol.deviceDefault"));
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const device = model.desk.device.value;
  const enrol = async () => {
    setBusy(true);
    const found = await tryToEnrol(code, name, model.phone.enrol);
    setBusy(false);
    setTrouble(found);
    if (found) return;
    await model.desk.load();
    model.phone.sync.poke("button");
    model.navigator.swap({ screen: "today" });
  };
  const button = (
    <BigButton isBusy={isBusy} onTap={() => void enrol()}>
      {say(isBusy ? "enrol.going" : "enrol.go")}
    </BigButton>
  );
  return (
    <Screen
      title={say("app.name")}
      aside={<LanguageChoice words={model.words} onChoose={model.setLanguage} />}
      foot={button}
      {...(device ? { parent: { screen: "today" } as const } : {})}
    >
      <LossCard />
      <Lead device={device} />
      <Fleeting />
      {trouble ? (
        <p class="alert" role="alert">
          {say(trouble.word, { code: trouble.code })}
        </p>
      ) : null}
      <Group>
        <TextRow
          id="code"
          label={say("enrol.code")}
          help={say("enrol.codeHelp")}
          text={code}
          onInput={setCode}
        />
        <TextRow
          id="device"
          label={say("enrol.device")}
          help={say("enrol.deviceHelp")}
          text={name}
          onInput={setName}
        />
      </Group>
    </Screen>
  );
}

/** Said before the code is used up: what is kept in a private window goes with it. */
function Fleeting() {
  const { phone } = useModel();
  const say = useSay();
  const [isFleeting, setFleeting] = useState(false);
  useEffect(() => {
    void phone.readRoom().then((room) => setFleeting(room.isFleeting));
  }, [phone]);
  return isFleeting ? (
    <p class="alert" role="alert">
      {say("enrol.fleeting")}
    </p>
  ) : null;
}

interface TextRowProps {
  id: string;
  label: string;
  help: string;
  text: string;
  onInput: (text: string) => void;
}

function TextRow({ id, label, help, text, onInput }: TextRowProps) {
  return (
    <div class="text-row">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={200}
        aria-describedby={`${id}-help`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="cell-note" id={`${id}-help`}>
        {help}
      </p>
    </div>
  );
}

/** Null: the phone is enrolled. */
async function tryToEnrol(
  text: string,
  name: string,
  enrol: (code: string, name: string) => Promise<EnrolResult>,
): Promise<Trouble | null> {
  if (text.trim() === "") return { word: "enrol.needCode", code: "" };
  const code = parseEnrolCode(text);
  if (!code) return { word: "enrol.invalid", code: "" };
  try {
    return troubleOf(await enrol(code, name.trim()));
  } catch (error) {
    if (error instanceof NotSaved) return { word: "enrol.notSaved", code: "" };
    throw error;
  }
}

function troubleOf(result: EnrolResult): Trouble | null {
  if (result.kind === "enrolled") return null;
  if (result.kind === "offline") return { word: "enrol.offline", code: "" };
  const { code } = result.problem;
  if (result.status === 429) return { word: "enrol.busy", code };
  // Wrong, used and expired are one to the server, so that codes cannot be guessed by its answers.
  return { word: code === "code_unknown" ? "enrol.invalid" : "enrol.failed", code };
}
