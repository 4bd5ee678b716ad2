// Enrol this phone with a one-time code; every way in which it can fail has its own sentence.
import { useState } from "preact/hooks";
import { type EnrolResult, parseEnrolCode } from "../../net/enrol.ts";
import { NotSaved } from "../../store/errors.ts";
import { BigButton, Group } from "../parts/cell.tsx";
import { LanguageChoice } from "../parts/language-choice.tsx";
import { Screen } from "../parts/screen.tsx";
import { useModel, useSay } from "../use.ts";
import type { Word } from "../words/zh.ts";

interface Trouble {
  word: Word;
  code: string;
}

export function EnrolScreen({ code: linked }: { code: string }) {
  const model = useModel();
  const say = useSay();
  const [code, setCode] = useState(linked);
  const [name, setName] = useState(say("enrol.deviceDefault"));
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isAgain = model.desk.device.value !== null;
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
      {...(isAgain ? { parent: { screen: "today" } as const } : {})}
    >
      <section class="lead">
        <h2>{say(isAgain ? "enrol.again" : "enrol.title")}</h2>
        <p>{say(isAgain ? "enrol.againHelp" : "enrol.lead")}</p>
      </section>
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
