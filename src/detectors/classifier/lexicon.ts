/**
 * Words that say what is wanted of a model, by the concept that they share in all languages: what was learned of English orders is then known of
 * German ones. Spelt as they are after folding (`ü` is `u`). English stands left of the bar, German and others right of it. `~`: with any ending of
 * its side; `+`: also behind any of FRONTS.
 */
export const LEXICON: readonly string[] = [
  // ignore
  "ignor~ disregard~ neglect~ overlook~ forget~ forgot discard~ dismiss~ abandon~ | ignorier~ missacht~ vergiss vergess~ verwirf verwerf~ ubergeh~ uebergeh~ beiseite unbeachtet ausblend~ vernachlassig~ verdrang~ uberspring~ olvid~ oubli~ ignorez ignora ignori dimentic~ esquec~ desconsider~ skip~",
  // set out of force
  "overrid~ overrul~ overwrit~ bypass~ circumvent~ supersed~ revok~ annul~ void suspend~ | uberschreib~ ueberschreib~ umgeh~ ausser kraft aufgehoben aufheb~ hinfallig~ ungultig~ widerruf~ ausgesetzt gegenstandslos~ entfallen",
  // stop
  "stop~ halt quit ceas~ abort~ cancel~ | stopp~ abbrech~ brich beend~ aufhor~ hor unterlass~",
  // instructions
  "instruct~ direction directions directiv~ command~ order orders guidanc~ prompt~ | +anweis~ +vorgab~ +befehl~ +instruktion~ weisung~ anordn~ +prompt~ auftrag auftrage auftrags auftraege direktiv~ instruccion~ indicaciones consignes istruzion~ instruco~",
  // rules
  "guidelin~ rule rules policy policies constraint~ restrict~ limitation~ regulation~ programming | +regel~ +richtlini~ +vorschrift~ +einschrank~ +beschrank~ grundsatz~ programmierung reglas regles regole regras",
  // system, configuration
  "system~ config~ setting~ parameter~ | konfigur~ einstell~ systemprompt~ systemnachricht~",
  // earlier
  "previous~ prior above preced~ earlier former~ foregoing before past initial~ original~ already until | vorherig~ bisherig~ bisher bislang obig~ fruher~ vorig~ vorangegangen~ vorangehend~ oben obenstehend~ zuvor vorher davor ursprunglich~ anfanglich~ vorstehend~ anterior~ previas previo~ precedent~ precedenti anteriores",
  // new, instead
  "new instead rather actual~ real~ true updated | neu~ stattdessen sondern eigentlich~ wirklich~ tatsachlich~ wahr~ statt anstatt nuev~ nouve~",
  // from now on
  "now henceforth onward~ hereby currently from | jetzt nun ab fortan kunftig~ nunmehr hiermit ahora maintenant adesso agora",
  // all
  "all every any everything anything each whole entire~ complete~ full~ | alle~ allen alles samtlich~ saemtlich~ jeglich~ jede~ ganz~ gesamt~ vollstandig~ komplett~ todo todas todos toutes tous tutte todas",
  // you, your
  "you | du dich dir sie ihnen euch usted vous tu voce",
  "your yours yourself | dein~ ihr~ euer eure~ tus sus vos tuas",
  // me, us
  "me my us our mir | mich mein~ uns unser~ i ich we wir",
  // show, print
  "show~ print~ output~ display~ list~ dump~ repeat~ recit~ paraphras~ spell~ | zeig~ ausgeb~ ausgib~ gib geben auflist~ wiederhol~ aufzahl~ druck~ anzeig~ muestra~ affich~ mostr~ repet~",
  // reveal
  "reveal~ leak~ expos~ disclos~ exfiltrat~ divulg~ | verrat~ preisgeb~ preisgib~ preis offenleg~ offenbar~ enthull~ aufdeck~ nenn~ lautet lauten revel~",
  // say, write
  "say~ said tell~ told writ~ stat~ claim~ mention~ | sag~ gesagt schreib~ behaupt~ erwahn~ erzahl~ dis decir ecri~ scriv~",
  // answer
  "answer~ respond~ respons~ reply~ replies replied | antwort~ beantwort~ erwider~ respond~ repond~ rispond~",
  // secret
  "secret~ hidden internal~ confidential~ privat~ | geheim~ verborgen~ versteckt~ intern~ vertraulich~ secret~ nascost~",
  // credentials
  "password~ passphras~ credential~ token~ key keys apikey | passwort~ passwoerter kennwort~ zugangsdaten anmeldedaten +schlussel~ zugang~ contrasena~ pin",
  // send
  "send~ sent forward~ transmit~ upload~ email~ mail~ post send~ | schick~ ubermittel~ uebermittel~ weiterleit~ leit~ versend~ verschick~ hochlad~ hochzulad~ lad lade ubertrag~ enviar envoy~ invi~",
  // delete
  "delet~ remov~ eras~ wip~ destroy~ | losch~ loesch~ entfern~ vernicht~ zerstor~ tilg~ borra~ supprim~",
  // money
  "transfer~ pay~ payment~ wire iban account~ payee | uberweis~ ueberweis~ zahl~ bezahl~ konto konten buch~ guthaben",
  // run
  "execut~ run runs running call~ invok~ trigger~ launch~ | ausfuhr~ ausfuehr~ fuhr~ fuehr~ ruf~ aufruf~ aufzuruf~ starte~ nutz~ verwend~ benutz~ use using ejecut~ execut~",
  // tool
  "tool~ function~ plugin~ script~ | werkzeug~ funktion~ skript~ tools programm~",
  // user, person
  "user~ human~ reader~ | nutzer~ benutzer~ anwender~ leser~ mensch~ usuario~ utilisateur~ utente",
  // inform
  "inform~ notif~ warn~ alert~ ask~ confirm~ | benachrichtig~ informier~ frag~ ruckfrag~ nachfrag~ bestatig~ mitteil~ meld~ merken bemerk~ noticing notice~",
  // a model
  "ai llm llms assistant~ chatbot~ bot bots gpt chatgpt claude gemini copilot model models agent agents | ki kis assistent~ sprachmodell~ modell~ agenten chatbots ia",
  // role
  "role~ character~ persona~ roleplay~ alter ego | rolle~ figur~ charakter~ rollenspiel~ personage personaje",
  // act as
  "act acts acting pretend~ imagin~ simulat~ behav~ impersonat~ emulat~ assume roleplaying | tu tue tust stell verhalt~ verhalte~ agier~ handel~ handle schlupf~ schluepf~ simulier~ fungier~ spiel~ verkorper~ ubernimm ubernehm~ actua agis",
  // free
  "unrestrict~ unfilter~ uncensor~ unlimit~ free~ limitless unbound~ amoral~ immoral~ evil lawless jailbreak~ jailbroken rogue unethical~ | unbeschrankt~ uneingeschrankt~ ungefiltert~ unzensiert~ frei freie~ befreit~ bos bose~ boese~ grenzenlos~ skrupellos~ hemmungslos~ entfesselt~ unmoralisch~ unethisch~",
  // filters and morals
  "filter~ censor~ safety safeguard~ guardrail~ ethic~ moral~ disclaim~ polite~ | bedenken hemmung~ zensur~ ethik ethisch~ moralisch~ schutz~ sicherheits~ inhaltsfilter~ warnhinweis~ sicherheitsregel~",
  // limits
  "limit~ boundar~ bound border~ | grenz~ schrank~ gebunden beschrank~ einschrank~ tabu~",
  // without, none
  "without no none never nothing nor | ohne kein~ nie niemals nichts niemand~ nimmer sin sans senza sem",
  "not dont don cannot isn doesn | nicht no ne non",
  // must
  "must shall should required need~ have | muss musst mussen sollst soll sollen brauch~ pflicht darfst darf durfen debes devez",
  // obey
  "obey~ comply~ complies complied follow~ adher~ | befolg~ gehorch~ folg~ einhalt~ halt halte richte~ unterwirf~ fulfil~ erfull~",
  // refuse
  "refus~ declin~ reject~ deny denies apolog~ sorry unable | verweiger~ ablehn~ abzulehn~ lehn~ weiger~ entschuldig~",
  // forbidden
  "illegal~ harmful dangerous forbidden prohibit~ violent~ malware weapon~ bomb~ drug~ hack~ crime~ criminal~ | verboten~ schadlich~ gefahrlich~ bombe~ droge~ schadsoftware waffe~ strafbar~ gesetz~ law laws kriminell~ ransomware",
  // office
  "admin~ administrator~ developer~ root creator~ operator~ openai anthropic supervisor~ ceo | chef~ entwickler~ betreiber~ geschaftsfuhr~ vorgesetzt~ schopfer~ ersteller~ hersteller~ administrat~ desarrollador~",
  // allow
  "authori~ authoriz~ authoris~ approv~ permit~ permission~ allow~ grant~ cleared | genehmig~ erlaub~ freigeb~ freigabe~ bewillig~ berechtig~ befugt zustimm~ zugestimmt einverstanden autorisier~ gestatt~",
  // urgent
  "urgent~ immediate~ emergenc~ asap important critical attention priority | dringend~ sofort~ umgehend~ notfall~ eilig~ eilt wichtig~ achtung unverzuglich~ kritisch~ hinweis~ note warning",
  // mode
  "mode modes | modus dan stan dude debug entwicklermodus wartungsmodus debugmodus",
  // switch on, off
  "enabl~ activat~ unlock~ | aktivier~ einschalt~ eingeschaltet freischalt~ freigeschaltet schalte~",
  "disabl~ deactivat~ off turn switch | deaktivier~ abschalt~ abgeschaltet ausschalt~ ausgeschaltet aus",
  // task
  "task~ objectiv~ goal~ mission~ job~ | aufgabe~ ziel~ auftrags mission~ assignment~ tarea~ tache~ compito",
  // what was said
  "conversation~ dialog~ chat chats message~ text~ context~ | gesprach~ unterhaltung~ nachricht~ kontext~ wortlaut chatverlauf zeile~ line lines paragraph~ mensaje~",
  // begin
  "begin~ start~ first | beginn~ anfang~ anfangs zuerst zunachst erst erste~",
  // word for word
  "word~ verbatim exact~ literal~ plain | wort~ wortlich woertlich wortgetreu buchstablich genau~ exakt~ unverandert ungekurzt klartext",
  // encode
  "translat~ encod~ decod~ base64 rot13 | ubersetz~ uebersetz~ kodier~ codier~ entschlussel~ verschlussel~",
  // read, process
  "read~ process~ summar~ analy~ | lies lest les lese~ verarbeit~ zusammenfass~ fass fasse liest resum~",
  // document
  "document~ page~ website~ web file~ folder~ inbox | dokument~ seite~ datei~ ordner~ postfach webseite~ tabelle~ database~ datenbank~",
  // before, after
  "after while when once if | bevor nachdem sobald wenn falls ehe",
  // always
  "always forever remain~ stay~ keep~ still | immer stets bleib~ dauerhaft weiterhin siempre toujours sempre",
  // story
  "story~ stories fiction~ hypothetic~ novel~ scene~ game~ movie film~ | geschichte~ fiktiv~ hypothetisch~ roman~ szene~ spiel drehbuch grandma grandmother grossmutter oma",
  // only
  "only just simply | nur bloss lediglich einfach solely solo seulement",
  // link
  "link~ click~ visit~ url http https | klick~ besuch~ www",
  // recommend
  "recommend~ prais~ rate best promot~ | empfehl~ empfiehl bewert~ lob~ bestmoglich~ advertis~",
  // personal data
  "address~ phone~ personal~ credit~ bank~ customer~ | anschrift~ adresse~ telefon~ personlich~ kredit~ kunden~ kundenliste data daten",
  // change
  "chang~ modif~ replac~ adjust~ alter~ | ander~ veranstalt~ ersetz~ anpass~ angepasst umstell~ reset~ zurucksetz~",
  // test
  "test~ experiment~ probe~ | uebung versuch~",
  // know, think
  "know~ think~ believ~ | weiss wissen wisse denk~ glaub~ remember~ erinner~ merk~",
  // question, request
  "question~ request~ query | frage~ anfrage~ bitte~ please wunsch~",
  // approve, done
  "done complet~ finish~ | erledigt fertig abgeschlossen abgeschloss~ vorbei over",
];

/** What `~` stands for, left of the bar and right of it. */
export const ENDINGS = ["s es e ed d ing er ers ion ions al ly ive", "e en er es em n s st t te ten ter et end ende enden ung ungen in innen"].map((all) => [
  "",
  ...all.split(" "),
]);
export const FRONTS: readonly string[] = ["", "system", "sicherheits", "grund", "start", "entwickler", "meta", "haupt", "inhalts", "verhaltens"];
