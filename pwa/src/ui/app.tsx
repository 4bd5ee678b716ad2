// The app: which screen is on, in which language and display, with the toast above all of them.
import { useEffect } from "preact/hooks";
import { CheckScreen } from "./check/check.tsx";
import { ChooseScreen } from "./check/choose.tsx";
import { DeliveryScreen } from "./delivery/delivery.tsx";
import { EnrolScreen } from "./enrol/enrol.tsx";
import { FinishScreen } from "./finish/finish.tsx";
import { MineScreen } from "./mine/mine.tsx";
import { Empty } from "./parts/cell.tsx";
import { Screen } from "./parts/screen.tsx";
import { PickScreen } from "./start/pick.tsx";
import { SetupScreen } from "./start/setup.tsx";
import { StartScreen } from "./start/start.tsx";
import type { Form } from "./state/form.ts";
import type { Model } from "./state/model.ts";
import type { Route } from "./state/route.ts";
import { TodayScreen } from "./today/today.tsx";
import { ModelContext, useModel, useSay } from "./use.ts";

export function App({ model }: { model: Model }) {
  usePage(model);
  return (
    <ModelContext.Provider value={model}>
      <CurrentScreen />
    </ModelContext.Provider>
  );
}

// What belongs to the page as a whole follows the language and the display.
function usePage({ words, theme }: Model): void {
  const language = words.language.value;
  const display = theme.value;
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = display;
    document.title = words.say.value("app.name");
  }, [language, display, words]);
}

function CurrentScreen() {
  const { navigator, desk } = useModel();
  const route = navigator.route.value;
  if (route.screen === "enrol") return <EnrolScreen key={route.code} code={route.code} />;
  if (!desk.device.value) return <EnrolScreen code="" />;
  if ("record" in route) return <RecordScreen key={route.record} route={route} />;
  if (route.screen === "start") return <StartScreen />;
  if (route.screen === "delivery") return <DeliveryScreen />;
  return route.screen === "mine" ? <MineScreen /> : <TodayScreen />;
}

// A record begun before the first checklist was on the phone takes it when it comes.
function useChecklist(form: Form): void {
  const { lists } = useModel();
  const newest = lists.newestChecklist.value;
  const isMissing =
    form.state.value !== null && form.state.value !== "gone" && !form.fields.value.checklist;
  useEffect(() => {
    if (isMissing && newest) void form.set({ checklist: newest });
  }, [form, isMissing, newest]);
}

type RecordRoute = Extract<Route, { record: string }>;

function RecordScreen({ route }: { route: RecordRoute }) {
  const { open } = useModel();
  const say = useSay();
  const held = open(route.record);
  const state = held.form.state.value;
  useChecklist(held.form);
  if (state === null) return null;
  if (state === "gone") {
    return (
      <Screen title={say("app.name")} parent={{ screen: "today" }}>
        <Empty title={say("check.gone")} text="" />
      </Screen>
    );
  }
  // What is on its way can be read, not changed.
  if (held.form.fields.value.state === "finished") return <FinishScreen key="finish" open={held} />;
  if (route.screen === "setup") {
    const { pick } = route;
    return pick ? (
      <PickScreen key={pick} form={held.form} pick={pick} />
    ) : (
      <SetupScreen key="setup" form={held.form} />
    );
  }
  if (route.screen === "choose") return <ChooseScreen key="choose" open={held} />;
  if (route.screen === "finish") return <FinishScreen key="finish" open={held} />;
  const isChoosing =
    held.form.fields.value.mode === "spot" && (held.choice.chosen.value?.size ?? 0) === 0;
  return isChoosing ? (
    <ChooseScreen key="choose" open={held} />
  ) : (
    <CheckScreen key="check" open={held} route={route} />
  );
}
