// Addresses and screens are two forms of the same thing, and a place is found again after a kill.
import { describe, expect, it } from "vitest";
import { placeOf, routeOf } from "./place.ts";
import { formatRoute, parseRoute, type Route } from "./route.ts";

const RECORD = "0b6e6e1c-7a34-4d9a-9a44-0d4f6ad8a0f1";

const ROUTES: Route[] = [
  { screen: "today" },
  { screen: "start" },
  { screen: "delivery" },
  { screen: "mine" },
  { screen: "enrol", code: "AB12CD" },
  { screen: "setup", record: RECORD },
  { screen: "setup", record: RECORD, pick: "driver" },
  { screen: "choose", record: RECORD },
  { screen: "check", record: RECORD },
  { screen: "check", record: RECORD, point: "P3" },
  { screen: "check", record: RECORD, point: "P3", item: "P3-05" },
  { screen: "finish", record: RECORD },
];

describe("an address", () => {
  it.each(ROUTES)("says all that $screen needs", (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it("takes the code out of an enrolment link", () => {
    expect(parseRoute("#enrol=Y2G6%2BJE7")).toEqual({ screen: "enrol", code: "Y2G6+JE7" });
  });

  it("leads to today when it makes no sense", () => {
    for (const hash of ["", "#", "#/", "#/check", "#/nowhere/x", "#/setup//driver"]) {
      expect(parseRoute(hash)).toEqual({ screen: "today" });
    }
  });

  it("survives broken escapes", () => {
    expect(parseRoute("#/finish/%E4%")).toEqual({ screen: "finish", record: "%E4%" });
  });
});

describe("the place that is remembered", () => {
  it("opens the same sheet again", () => {
    const route: Route = { screen: "check", record: RECORD, point: "P3", item: "P3-05" };
    expect(routeOf(placeOf(route))).toEqual({ ...route, at: "P3-05" });
  });

  it("opens the same point again", () => {
    const route: Route = { screen: "check", record: RECORD, point: "P8" };
    expect(routeOf(placeOf(route))).toMatchObject(route);
  });

  it("shows the item that was tapped last, without its sheet", () => {
    const route = routeOf({ screen: "check", record: RECORD, item: "P8-04" });
    expect(route).toEqual({ screen: "check", record: RECORD, point: "P8", at: "P8-04" });
  });

  it("is nothing to go back to when no record was in hand", () => {
    expect(routeOf(placeOf({ screen: "mine" }))).toBeNull();
    expect(routeOf({ screen: "retired-screen", record: RECORD })).toBeNull();
  });
});
