import type { overview as english } from "./en.ts";

export const overview: { readonly [id in keyof typeof english]: string } = {
  "overview.title": "Überblick",
  "overview.since": "Seit {time}",
  "overview.requests": "Anfragen",
  "overview.requests.hint": "Alles, was Agenten tun wollten",
  "overview.denied": "Abgelehnt",
  "overview.denied.hint": "Verweigert; es ist nichts geschehen",
  "overview.asked": "Rückfragen",
  "overview.asked.hint": "Brauchten die Freigabe eines Menschen",
  "overview.masked": "Maskiert",
  "overview.masked.hint": "Antworten mit verdeckten Stellen",
  "overview.latest": "Letzte Entscheidungen",
  "overview.all": "Alle Aktivitäten",
  "overview.empty": "Noch wurde nichts angefragt. Die erste Entscheidung erscheint hier, sobald sie gefallen ist.",
  "overview.waiting": "{n, plural, one {# Frage wartet auf Sie} other {# Fragen warten auf Sie}}",
  "overview.incidents": "{n, plural, one {# Vorfall ist offen} other {# Vorfälle sind offen}}",
  "overview.paused": "{n, plural, one {# Agent ist angehalten} other {# Agenten sind angehalten}}",
  "overview.broken": "Das Protokoll nimmt nichts mehr an",
  "overview.full": "{agent}: Vom Budget {budget} sind {percent} verbraucht",

  "timeline.title": "Die letzten 24 Stunden",
  "timeline.table": "Als Tabelle",
  "timeline.hour": "Ab",
  "timeline.now": "jetzt",
  "timeline.empty": "Keine Entscheidung in den letzten 24 Stunden. Sobald Agenten anfragen, steht hier je Stunde, was erlaubt, gefragt und abgelehnt wurde.",
  "timeline.partly": "Es sind (noch) nicht alle Entscheidungen dieser Zeit gezählt: Das Protokoll wird gerade gelesen, oder es sind zu viele.",
  "timeline.said":
    "{permit, number} erlaubt, {ask, number} gefragt, {deny, number} abgelehnt; höchstens {most, plural, one {# Entscheidung} other {# Entscheidungen}} in einer Stunde.",
  "timeline.reasons": "Was am häufigsten ablehnte oder fragte",
};
