/**
 * Words from which the effect of an unknown tool is guessed, in English and German. Guessing `read` is the dangerous direction: a
 * word stands under READ only if tools so called just look.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const READ = words(`
  get list read search find lookup view show describe retrieve inspect summarize summarise count calculate compute estimate compare
  preview validate fetch browse explain translate convert parse recommend locate check status help whoami
  lies lese lesen suche suchen finde finden zeige zeigen liste auflisten hole holen berechne berechnen zaehle vergleiche pruefe
`);

/** They change something wherever they stand in a name. */
export const WRITE = words(`
  add append apply approve archive assign authorize ban block buy cancel clear clone close commit configure confirm connect copy create
  deactivate decline delete deploy destroy disable disconnect dismiss drop edit enable enroll erase execute exec fill follow forget
  forward fulfill give grant hide import input insert install invite invoke join kill launch leave lock login logout merge modify move
  mute open overwrite patch pay pin publish purchase purge push put redeem redirect register reject remove rename renew replace reply reschedule
  reset resize resolve restart restore resume retweet revoke run save sell send set shutdown sign spawn start stop submit subscribe
  terminate tip toggle trade trigger turn unassign unblock unfollow unfriend uninstall unlock unpin unsubscribe update upload upsert
  vote withdraw write dispatch donate refund activate adjust arm disarm book bid borrow call dial charge delegate deposit mint burn stake swap
  aendere aendern anlegen bearbeite bestelle bestellen bezahle bezahlen buche buchen erstelle erstellen hinzufuegen
  kuendige lade loesche loeschen oeffne schicke schicken schreibe schreiben sende senden setze speichere starte stoppe storniere
  stornieren teile ueberweise ueberweisen verschiebe verschieben verschicke veroeffentliche
`);

/** They change something when they come first; later in a name they are things (`get_posts`). */
export const WRITE_FIRST = words(`
  post order message mail email share comment like schedule transfer request report rate review react record print play pause export
  download upvote tweet text tag mark label link queue plan claim capture collect change control generate make build test scan visit use
  switch lift bring deliver ship pick hire rent reserve remind alert notify email ask answer chat translate_to log sync
`);

/** Something leaves the house, or is fetched from outside with an address that tells something. */
export const EGRESS = words(`
  send post email mail message share publish upload invite forward reply tweet retweet web webpage website url http https browse browser
  download fetch crawl scrape navigate notify call dial sms fax slack discord telegram webhook push pay transfer purchase buy order sell donate
  participants recipients recipient transaction transactions visit submit book reserve schedule reschedule dispatch connect
  sende senden schicke verschicke ueberweise teile veroeffentliche bestelle bezahle
`);

/** Names of arguments that point out of the house. */
export const EGRESS_ARGUMENTS = words(`
  url uri href link webhook endpoint host recipient recipients to cc bcc email user_email address addresses phone phone_number iban
  participants attendees invitees channel empfaenger adresse
`);
