// Start: the vehicle is chosen, and from that moment on there is a draft on the disk.

import { startInspection } from "../../store/inspections.ts";
import { readSetting } from "../../store/place.ts";
import type { Fields } from "../../store/schema.ts";
import type { Lists } from "../state/lists.ts";
import type { Model } from "../state/model.ts";
import { useModel } from "../use.ts";
import { type VehicleChoice, VehicleScreen } from "./vehicle.tsx";

export const MODE_SETTING = "mode";
const FIRST_MODE = "daily";

export function StartScreen() {
  const model = useModel();
  const start = async (choice: VehicleChoice) => {
    const { phone, saver, navigator } = model;
    const fields = await firstFields(model, choice);
    const record = await saver.keep(() =>
      startInspection(phone.db, phone.clock, phone.newId, fields),
    );
    if (record) navigator.swap({ screen: "setup", record });
  };
  return (
    <VehicleScreen
      parent={{ screen: "today" }}
      chosen={null}
      onChoose={(choice) => void start(choice)}
    />
  );
}

async function firstFields({ phone, lists }: Model, choice: VehicleChoice): Promise<Fields> {
  const mode = await readSetting(phone.db, MODE_SETTING);
  const checklist = lists.newestChecklist.value;
  return {
    mode: typeof mode === "string" ? mode : FIRST_MODE,
    ...(checklist ? { checklist } : {}),
    ...vehicleFields(lists.lists.value, choice),
  };
}

/** The vehicle with the route and the station that it belongs to; all can be changed after. */
export function vehicleFields(lists: Lists, choice: VehicleChoice): Fields {
  if ("typed" in choice) return { vehicle: null, vehicle_typed: choice.typed };
  const vehicle = lists.vehicles.get(choice.id);
  const route = vehicle?.route ?? null;
  const station = vehicle?.station ?? lists.routes.get(route ?? "")?.station ?? null;
  return { vehicle: choice.id, vehicle_typed: null, route, station };
}
