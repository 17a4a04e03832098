/**
 * The words by which requests name actions and things, and tools are called: English and German, umlauts written out. A word stands in
 * every group it may mean. A missing word costs a question; a word in the wrong group could cover an action that nobody asked for.
 */

/** What is done. */
export type Deed = "send" | "pay" | "create" | "add" | "change" | "delete" | "get" | "buy" | "reserve" | "run" | "fill" | "grant" | "switch" | "confirm";

/** What it is done to. */
export type Thing =
  | "money"
  | "message"
  | "event"
  | "file"
  | "person"
  | "group"
  | "page"
  | "secret"
  | "profile"
  | "product"
  | "reservation"
  | "code"
  | "task"
  | "device"
  | "access"
  | "record";

export const DEEDS: ReadonlyMap<string, readonly Deed[]> = table<Deed>({
  send: `send mail email message text dm write reply respond answer forward notify inform tell ask remind contact greet thank congratulate post
    share announce publish comment tweet retweet submit deliver dispatch broadcast ping invite upload
    sende sendet schicke schick schreibe schreib antworte beantworte benachrichtige informiere frage frag erinnere grüße danke gratuliere poste
    teile veröffentliche leite weiterleiten verschicke versende melde lade einladen sage sag gib`,
  pay: `pay transfer refund reimburse wire settle remit repay tip donate send schedule top
    bezahle bezahl zahle zahl überweise überweis erstatte begleiche spende sende schicke`,
  create: `create make add schedule plan set setup arrange organize organise book save write draft generate put open register insert append record
    log note track block prepare build compose start file store download produce upload
    erstelle erzeuge lege anlegen plane vereinbare organisiere trage eintragen notiere speichere schreibe verfasse entwirf füge hinzufügen mache mach buche richte einrichten`,
  add: `add invite include enroll enrol assign put append join insert attach subscribe
    füge hinzufügen lade einladen nimm aufnehmen trage eintragen weise zuweisen hänge anhängen`,
  change: `update change modify edit adjust set rename correct fix reschedule move postpone shift replace extend mark increase decrease raise lower
    reset append amend enable disable alter adapt switch swap turn merge close reopen resolve rate star pin label tag
    ändere ändern aktualisiere bearbeite passe anpassen setze korrigiere verschiebe verlege ersetze erhöhe senke verlängere markiere benenne stelle schließe`,
  delete: `delete remove erase cancel clear drop discard uninstall unsubscribe revoke kick withdraw trash purge wipe ban block archive decline unfollow
    lösche lösch entferne storniere sage absagen kündige verwirf leere widerrufe`,
  get: `download save fetch get retrieve store export copy grab pull backup clone move relocate transfer
    lade herunterladen speichere hole kopiere exportiere sichere verschiebe`,
  buy: `buy purchase order checkout get add subscribe
    kaufe kauf bestelle bestell erwirb besorge`,
  reserve: `book reserve rent hire schedule secure
    buche buch reserviere miete`,
  run: `run execute install start launch deploy restart build test stop kill shutdown compile commit push merge
    starte führe ausführen installiere stoppe`,
  fill: `fill submit enter input register sign log login visit use apply complete book reserve top
    fülle ausfüllen gib eingeben melde anmelden registriere besuche nutze buche reserviere`,
  grant: `grant share give allow permit authorize authorise approve assign promote
    gewähre erteile erlaube gib freigeben teile berechtige`,
  switch: `unlock lock open close turn switch set adjust activate deactivate arm disarm dim start stop
    öffne schließe sperre entsperre schalte stelle aktiviere`,
  confirm: `confirm verify accept complete finalize finalise checkout submit validate
    bestätige verifiziere akzeptiere schließe`,
});

export const THINGS: ReadonlyMap<string, readonly Thing[]> = table<Thing>({
  money: `money payment transaction transfer bill invoice refund rent amount fund balance difference fee salary dollar euro usd eur chf iban tip
    donation debt subscription order deposit price cost share check standing wage top
    geld zahlung transaktion überweisung rechnung erstattung miete betrag guthaben saldo differenz gebühr gehalt spende schuld dauerauftrag abo`,
  message: `email e-mail mail message dm reply answer response text post comment greeting feedback announcement tweet notification reminder inbox
    question letter summary news sms chat note link invitation
    nachricht mail antwort kommentar gruß rückmeldung ankündigung benachrichtigung erinnerung frage brief zusammenfassung einladung bescheid`,
  event: `event meeting appointment calendar dinner lunch breakfast call session reminder conference interview party day participant
    termin besprechung treffen kalender abendessen mittagessen anruf sitzung konferenz`,
  file: `file document doc pdf folder directory dir attachment template report cv resume spreadsheet sheet photo image picture path txt csv node
    note list book paper submission script
    datei dokument ordner verzeichnis anhang vorlage bericht lebenslauf tabelle foto bild notiz liste buch`,
  person: `user member colleague participant person people guest attendee friend customer employee contact follower client
    benutzer nutzer mitglied kollege kollegin teilnehmer person gast freund freundin kunde kundin mitarbeiter mitarbeiterin kontakt`,
  group: "channel slack group chat workspace team list kanal gruppe arbeitsbereich",
  page: `website webpage web site page form url blog forum portal post thread comment homepage
    webseite seite formular portal beitrag`,
  secret: "password passcode pin otp 2fa credential token key secret passwort kennwort zugangsdaten schlüssel geheimzahl",
  profile: `account info information profile address detail setting name phone preference data street city
    konto profil adresse daten angaben einstellung name telefon anschrift`,
  product: "product item cart basket shopping order produkt artikel warenkorb bestellung",
  reservation: `hotel room table restaurant flight ticket car seat reservation booking trip taxi ride apartment
    zimmer tisch flug ticket auto wagen sitzplatz reservierung buchung reise`,
  code: "repo repository branch commit pull request pr issue merge code package module command shell terminal bash script process program test zweig quellcode befehl programm",
  task: "task todo ticket issue card item board aufgabe ticket vorgang",
  device: "door lock light thermostat garage camera alarm temperature tv speaker window tür schloss licht heizung kamera fenster",
  access: "permission access role right privilege admin berechtigung zugriff rolle recht",
  record: "record entry row database table field eintrag datensatz zeile datenbank",
});

/** Verbs that name their thing themselves: who refunds, refunds money. */
export const IMPLIED: ReadonlyMap<string, readonly Thing[]> = table<Thing>({
  money: "pay refund reimburse repay wire remit tip donate bezahle bezahl zahle zahl überweise überweis erstatte begleiche spende",
  message: "email mail message text dm reply respond answer antworte beantworte benachrichtige",
  person: "invite lade einladen",
  page: "visit besuche",
  product: "buy purchase kaufe kauf bestelle",
  device: "unlock lock dim arm disarm entsperre sperre",
  code: "run execute compile deploy führe ausführen",
});

/** Slots that a request leaves open: whoever or whatever a list will show. */
export const OPEN = words(`all each every everyone everybody any anyone someone which whoever whom who whose them they both others most
  fewest least best highest lowest largest smallest biggest cheapest latest oldest newest first last next necessary respective corresponding starting
  jeder jede jedes jeden allen alle sie beide beiden meisten wenigsten beste besten höchste niedrigste günstigste neueste älteste letzte wer wem welche`);

/** More than one action is asked for. */
export const MANY = words(
  "all each every everyone everybody both users members people colleagues participants channels alle allen jeder jede jedem beide ihnen",
);

/** Requests that hand the decision on to what is read: then nothing that follows is covered, and nothing is certainly not meant. */
export const HANDED_ON =
  /\b(?:follow|do|execute|carry out|perform|complete|finish|handle|process|work through|take care of|deal with)\b[^.!?]{0,60}\b(?:instructions?|tasks?|to-?\s?dos?|to-?do list|list|steps|requests?|homework|assignments?|everything|whatever|what)\b|\bhelp me (?:to )?(?:achieve|with (?:it|that|this))\b|\bdo (?:what|whatever|as|everything)\b|\b(?:befolge|erledige|führe|mache?|bearbeite|arbeite)\b[^.!?]{0,60}\b(?:anweisung(?:en)?|aufgaben?|schritte|liste|alles|was)\b|\bkümmere? dich\b/i;

/** Words that every sentence has: they name nobody and tell nothing apart. */
export const STOP = words(
  `the and for you your can could please with from this that have has had was were are not but all any about into out they them their there here what when where which will would should
  make sure also just some more than then now new who how our his her its get got did does don one two per via und der die das den dem des ein eine mit von fuer ist sind war nicht auf aus bei
  nach ueber unter mein meine dein deine sein seine kann koennen bitte`,
);

function table<T extends string>(groups: { readonly [group in T]?: string }): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const [group, text] of Object.entries(groups) as [T, string][])
    for (const word of words(text)) {
      const of = found.get(word) ?? [];
      if (!of.includes(group)) of.push(group);
      found.set(word, of);
    }
  return found;
}

function words(text: string): ReadonlySet<string> {
  return new Set(
    text
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue").replaceAll("ß", "ss").toLowerCase()),
  );
}
