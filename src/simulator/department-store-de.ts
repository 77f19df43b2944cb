import { latinStore, withDetails } from "./department-store.ts";
import { type Words, words } from "./words.ts";

export const departmentStoreDe: Words = {
  ...latinStore,
  styles: words.de.styles,
  colours: [
    ...["rot", "blau", "grün", "schwarz", "weiß", "grau"],
    ...["gelb", "braun", "dunkelblau", "beige", "rosa", "oliv"],
  ],
  title: ({ brand, model, material, noun, colour, details }) =>
    `${brand} ${noun} ${model}, ${material}${withDetails(details, ", mit ", " und ")}, ${colour}`,
  description: (title, [path, , , , use], styles) =>
    `${title}: ${styles.join(" und ")}. ${use} Aus der Abteilung ${path}.`,
  departments: [
    ...["Kleidung", "Accessoires", "Wohnen", "Küche"],
    ...["Bett & Bad", "Draußen", "Elektronik", "Spiel & Papier"],
  ],
  categories: [
    [
      ...(["Jacken", ["Jacke", "Mantel", "Parka"], ["Daunen", "Baumwolle", "Wolle", "Softshell"]] as const),
      ["abnehmbarer Kapuze", "verklebten Nähten", "Innentasche", "Rippbündchen", "Zwei-Wege-Reißverschluss"],
      "Hält Wind und Nieselregen ab, im Alltag wie am Wochenende.",
    ],
    [
      ...([
        "Hemden & Pullover",
        ["Hemd", "Pullover", "Kapuzenpullover"],
        ["Leinen", "Biobaumwolle", "Merino", "Flanell"],
      ] as const),
      ["weitem Schnitt", "Brusttasche", "Perlmuttknöpfen", "langen Ärmeln", "angerauter Innenseite"],
      "Weich vom ersten Tag an, und auch nach der fünfzigsten Wäsche.",
    ],
    [
      ...(["Schuhe", ["Sneaker", "Stiefel", "Sandalen"], ["Leder", "Canvas", "Wildleder", "Recycling-Mesh"]] as const),
      [
        "Korkfußbett",
        "rutschfester Sohle",
        "reflektierenden Schnürsenkeln",
        "gepolstertem Schaft",
        "herausnehmbarer Einlage",
      ],
      "Für ganze Tage auf den Beinen.",
    ],
    [
      ...(["Schals & Handschuhe", ["Schal", "Tuch", "Handschuhe"], ["Wolle", "Seide", "Kaschmir", "Alpaka"]] as const),
      ["langen Fransen", "handrolliertem Saum", "Geschenkbox", "gewebtem Etikett", "feinem Fischgrat"],
      "Leicht in der Tasche und warm, wenn der Abend kühl wird.",
    ],
    [
      ...(["Hüte & Kappen", ["Hut", "Kappe", "Sonnenhut"], ["Filz", "Baumwolle", "Leinen", "Stroh"]] as const),
      ["breiter Krempe", "verstellbarem Riemen", "Baumwollband", "Lederband", "UV-Schutz"],
      "Sitzt, bei Sonne und bei Wind.",
    ],
    [
      ...([
        "Taschen & Geldbörsen",
        ["Handtasche", "Umhängetasche", "Geldbörse"],
        ["Leder", "Canvas", "Filz", "veganes Leder"],
      ] as const),
      ["Magnetverschluss", "Reißverschlussfach", "Messingbeschlägen", "Baumwollfutter", "RFID-Schutz"],
      "Platz für das Nötige, und für alles ein Fach.",
    ],
    [
      ...(["Lampen", ["Tischlampe", "Stehlampe", "Hängeleuchte"], ["Messing", "Papier", "Glas", "Leinen"]] as const),
      ["Dimmer", "Textilkabel", "Marmorfuß", "warmer LED", "Fußschalter"],
      "Warmes Licht zum Lesen.",
    ],
    [
      ...(["Teppiche & Matten", ["Teppich", "Läufer", "Fußmatte"], ["Wolle", "Jute", "Baumwolle", "Sisal"]] as const),
      ["rutschfestem Rücken", "kurzem Flor", "geknüpften Kanten", "flachem Gewebe", "getufteter Bordüre"],
      "Leise unter den Füßen und leicht zu pflegen.",
    ],
    [
      ...(["Stühle & Hocker", ["Stuhl", "Sessel", "Hocker"], ["Eiche", "Rattan", "Samt", "Buche"]] as const),
      ["gepolstertem Sitz", "schlanken Beinen", "geschwungener Lehne", "Filzgleitern", "geflochtenem Sitz"],
      "Bequem einen langen Abend lang.",
    ],
    [
      ...([
        "Becher & Tassen",
        ["Becher", "Tasse", "Trinkbecher"],
        ["Steinzeug", "Porzellan", "Emaille", "Glas"],
      ] as const),
      ["gesprenkelter Glasur", "Untertasse", "Holzdeckel", "Daumenauflage", "Goldrand"],
      "Für Spülmaschine und Mikrowelle.",
    ],
    [
      ...([
        "Pfannen & Töpfe",
        ["Bratpfanne", "Wok", "Schmortopf"],
        ["Gusseisen", "Kupfer", "Edelstahl", "Keramik"],
      ] as const),
      ["Glasdeckel", "Schüttrand", "Holzgriff", "Antihaftbeschichtung", "Messskala"],
      "Für jeden Herd, auch für Induktion.",
    ],
    [
      ...([
        "Messer",
        ["Kochmesser", "Brotmesser", "Schälmesser"],
        ["Edelstahl", "Damaststahl", "Keramik", "Karbonstahl"],
      ] as const),
      ["Nussbaumgriff", "Klingenschutz", "Wellenschliff", "geschmiedetem Kropf", "Schleifstein"],
      "Scharf von Anfang an, und leicht scharf zu halten.",
    ],
    [
      ...([
        "Bettwaren",
        ["Kopfkissen", "Bettdecke", "Wolldecke"],
        ["Daunen", "Biobaumwolle", "Leinen", "Lyocell"],
      ] as const),
      ["waschbarem Bezug", "Paspelkante", "Karosteppung", "verdecktem Reißverschluss", "zweiter Füllung"],
      "Für Nächte, die weder zu warm noch zu kalt sind.",
    ],
    [
      ...([
        "Handtücher",
        ["Handtuch", "Badetuch", "Strandtuch"],
        ["Baumwolle", "Leinen", "Bambus", "Waffelpikee"],
      ] as const),
      ["Aufhänger", "gestreifter Bordüre", "weichen Fransen", "bestickter Kante", "passendem Waschlappen"],
      "Saugt viel auf und trocknet schnell.",
    ],
    [
      ...([
        "Kerzen",
        ["Kerze", "Duftkerze", "Stumpenkerze"],
        ["Bienenwachs", "Sojawachs", "Rapswachs", "Stearin"],
      ] as const),
      ["Baumwolldocht", "Lavendel", "Zeder und Amber", "Blechdeckel", "vierzig Stunden Brenndauer"],
      "Brennt langsam und ohne Ruß.",
    ],
    [
      ...([
        "Zelte",
        ["Trekkingzelt", "Familienzelt", "Kuppelzelt"],
        ["Nylon", "Segeltuch", "Mischgewebe", "Ripstop"],
      ] as const),
      ["Vorzelt", "Aluminiumgestänge", "Moskitonetz", "farbigen Gestängen", "Überzelt"],
      "Steht in zehn Minuten und bleibt im Sturm trocken.",
    ],
    [
      ...([
        "Rucksäcke",
        ["Rucksack", "Tagesrucksack", "Wanderrucksack"],
        ["Nylon", "gewachstes Canvas", "Leder", "Recycling-Polyester"],
      ] as const),
      ["Regenhülle", "Laptopfach", "Hüftgurt", "Flaschenfach", "belüftetem Rücken"],
      "Trägt sich gut, ins Büro und auf den Berg.",
    ],
    [
      ...([
        "Flaschen",
        ["Trinkflasche", "Thermosflasche", "Sportflasche"],
        ["Edelstahl", "Glas", "Tritan", "Titan"],
      ] as const),
      ["Bambusdeckel", "Trageschlaufe", "Teesieb", "Trinkhalm", "Neoprenhülle"],
      "In jeder Tasche dicht.",
    ],
    [
      ...([
        "Kopfhörer",
        ["Kopfhörer", "Ohrhörer", "Headset"],
        ["kabellos", "kabelgebunden", "geräuschunterdrückend", "Hi-Fi"],
      ] as const),
      ["Lautstärkeregler", "Tragetasche", "Memory-Schaum-Polstern", "abnehmbarem Mikrofon", "Reisebeutel"],
      "Die Musik hören und nicht den Zug.",
    ],
    [
      ...([
        "Lautsprecher",
        ["Regallautsprecher", "Soundbar", "Reiselautsprecher"],
        ["Nussbaum", "Aluminium", "kabellos", "wasserfest"],
      ] as const),
      ["Stoffbespannung", "Trageriemen", "tiefem Bass", "Wandhalterung", "zwölf Stunden Laufzeit"],
      "Füllt den Raum, ohne Raum zu brauchen.",
    ],
    [
      ...(["Uhren", ["Armbanduhr", "Wecker", "Wanduhr"], ["Edelstahl", "Eiche", "Keramik", "Messing"]] as const),
      ["Saphirglas", "Leuchtzeigern", "lautlosem Uhrwerk", "römischen Ziffern", "Datumsanzeige"],
      "Auf einen Blick zu lesen.",
    ],
    [
      ...(["Spielzeug", ["Teddybär", "Puppe", "Stoffhase"], ["Plüsch", "Baumwolle", "Wolle", "Leinen"]] as const),
      ["Geschenkbeutel", "gestickten Augen", "Strickpullover", "waschbarem Stoff", "Aufbewahrungsbox"],
      "Für kleine Hände ab drei Jahren.",
    ],
    [
      ...([
        "Notizbücher",
        ["Notizbuch", "Tagebuch", "Skizzenbuch"],
        ["Leder", "Leinen", "Recyclingpapier", "Kraftpapier"],
      ] as const),
      ["gepunkteten Seiten", "Lesebändchen", "Gummiband", "Seitenzahlen", "Innentasche"],
      "Liegt flach und verträgt Tinte.",
    ],
    [
      ...([
        "Stifte",
        ["Füllfederhalter", "Kugelschreiber", "Druckbleistift"],
        ["Messing", "Aluminium", "Edelharz", "Nussbaum"],
      ] as const),
      ["feiner Feder", "Ersatzmine", "Clip", "Geschenketui", "gerändeltem Griff"],
      "Liegt gut in der Hand, und lässt sich jahrelang nachfüllen.",
    ],
  ],
};
