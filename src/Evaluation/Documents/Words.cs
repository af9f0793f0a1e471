using System;

namespace MPCache.Evaluation.Documents;

/// <summary>
/// The words of the grammars. They are common and short, so that a small vocabulary has a token for nearly each of them; a category is
/// one list, and no word stands in two lists that a task sets against each other (<see cref="Categories"/>).
/// </summary>
internal static class Words
{
    public static string[] People { get; } = List(
        """
        Ada Alan Albert Alice Amos Amy Anna Arne Arthur Basil Beth Bella Boris Bruno Carl Carol Clara Cora Daisy Dan
        David Della Diana Dora Doris Edgar Edith Elena Ella Emil Emma Eric Eva Felix
        Flora Frank Frida Fred Gina Grace Greta Gus Harold Harry Hazel Henry Hugo Ida Iris Ivan
        Jack James Jane Jean Joan John Julia Karen Karl Kate Laura Lena Leo Leon Lewis Lily Linda
        Louis Lucas Lucy Maria Mark Martha Martin Mary Max Maya Mila Milo Mina Mona Nick
        Nina Nora Olga Oliver Oscar Otto Owen Paul Paula Peter Robert Robin Rosa Rose Ruth
        Sally Sam Sara Simon Sonia Susan Ted Theo Thomas Tina Toby Tom Vera Victor Walter Wanda
        Zoe
        """);

    public static string[] Towns { get; } = List(
        """
        Alden Arden Ashford Barton Benton Bolton Borden Burton Calder Camden Carlow Clayton Colby Colton Corby Dalby
        Dalton Danby Denby Denton Dover Elmore Fenton Halton Harlow
        Hilton Holden Holton Kelby Kirkby Langley Linden Linton Marley Marston Melby Melford Milton Morley
        Morton Newton Norton Oakley Oldham Redford Ripley Salford Selby
        Shelby Stanford Stanton Tilton Upton Walden Walton Weston Wilton Winston
        """);

    public static string[] Colours { get; } = List("black blue brown gold green grey orange pink purple red silver white yellow");

    public static string[] Materials { get; } = List(
        "brass bronze clay copper glass iron ivory leather marble paper pewter steel stone straw tin velvet wax wooden woollen");

    public static string[] Looks { get; } = List(
        """
        bent bright broken clean cracked curved dark deep dusty empty fine flat heavy huge large light little long narrow new old
        painted plain round rusty sharp small smooth square strange tall thick thin tiny torn ugly wet wide worn
        """);

    /// <summary>Things that a person can carry, with the materials, colours and looks above.</summary>
    public static string[] Things { get; } = List(
        """
        anchor basket bell belt blanket book bottle bowl box brush bucket button candle cap chain chest clock coat coin comb crown cup
        cushion dish doll drum fan fiddle flag flute fork glove hammer harp hat helmet horn jar jug kettle key kite knife ladder lamp lantern
        letter lock map mask medal mirror mug needle net pan pen pipe plate pot purse ribbon ring rope saddle saw scarf shield shirt shoe
        sign spade spoon stamp statue stick sword tent toy tray trunk vase watch wheel whip whistle
        """);

    public static string[] Furniture { get; } = List(
        """
        altar bed bench cart chair curtain desk door fence
        gate ladder oven piano pillow roof shelf sofa stairs stove table tree wall window
        """);

    public static string[] Places { get; } = List(
        """
        bakery bank barn bridge castle chapel church farm forge garden hall harbour hotel house inn library market mill museum palace park
        prison school shop stable station temple theatre tower well workshop
        """);

    public static string[] Parts { get; } = List("door fence floor gate roof sign wall window");

    public static string[] Animals { get; } = List(
        """
        bear beaver bull calf camel cat cow crow deer dog donkey dove duck eagle fox frog goat goose hare hawk hen heron horse lamb lion
        lizard mole monkey mouse mule otter owl ox parrot pig pigeon pony rabbit rat raven robin seal sheep snail snake sparrow swan tiger
        toad turtle wasp weasel whale wolf
        """);

    public static string[] Foods { get; } = List(
        """
        apples bacon barley beans beef berries bread butter cabbage cake carrots cheese cherries cream eggs figs fish flour garlic grapes
        ham honey lemons lentils milk mushrooms mustard nuts oats olives onions pears peas pepper pies plums pork potatoes radishes raisins
        rice salt sausages soup spinach sugar tea turnips vinegar walnuts
        """);

    public static string[] Plants { get; } = List(
        """
        alder aspen bamboo beech birch bramble cedar clover cypress daisy elm fern fir hazel heather holly jasmine juniper larch laurel
        lilac lily lotus maple mint moss myrtle nettle oak orchid palm pine poplar poppy reed sage spruce thistle thyme tulip violet willow
        """);

    public static string[] Minerals { get; } = List(
        "agate amber basalt chalk cobalt coral diamond emerald flint granite jade jet nickel onyx opal pearl quartz ruby sapphire slate topaz zinc");

    public static string[] Trades { get; } = List(
        """
        actor baker banker barber brewer butcher clerk cook doctor farmer gardener
        guide hunter judge mason miller miner nurse painter pilot plumber poet porter potter printer rider sailor
        singer smith soldier tailor teacher waiter weaver writer
        """);

    public static string[] Kin { get; } = List("aunt brother daughter father friend mother sister son uncle");

    public static string[] Weekdays { get; } = List("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    public static string[] Months { get; } = List("January February March April May June July August September October November December");

    public static string[] Numbers { get; } = List("two three four five six seven eight nine ten ");

    public static string[] Moods { get; } = List(
        "afraid alone angry busy calm cold glad happy hungry ill late lonely proud quiet ready sad sorry sure thirsty tired warm worried");

    public static string[] Adverbs { get; } = List(
        "again alone loudly once quickly quietly sadly slowly softly soon twice");

    public static string[] Times { get; } = List("morning noon evening night winter spring summer autumn dawn");

    public static string[] Weathers { get; } = List("fog frost hail mist rain snow storm sun thunder wind");

    /// <summary>What labels the categories of a few-shot task; no word of any category.</summary>
    public static string[] Labels { get; } = List("alpha beta delta gamma kappa lambda omega sigma theta zeta");

    public static string[] Transitive { get; } = List(
        """
        carry clean draw drop find hide hold keep lift lose mend move paint sell show steal take
        want wash watch
        """);

    /// <summary>The past forms of <see cref="Transitive"/>, in its order.</summary>
    public static string[] TransitivePast { get; } = List(
        """
        carried cleaned drew dropped found hid held kept lifted lost mended moved painted sold
        showed stole took wanted washed watched
        """);

    public static string[] Motions { get; } = List("came drove hurried limped marched moved ran returned rode rushed sailed strolled travelled walked wandered went");

    public static string[] Acts { get; } = List(
        """
        asked cried danced dreamed fell frowned laughed listened nodded prayed rested sang sat sighed slept smiled stood stopped talked
        waited waved wept whistled worked yawned
        """);

    public static string[] Prepositions { get; } = List("behind beside near under");

    public static string[] Topics { get; } = List(
        "weather harvest war money music road river sea price king queen news past future peace law school winter");

    /// <summary>The categories of the few-shot task, by name.</summary>
    public static (string Name, string[] Members)[] Categories { get; } =
    [
        ("animal", Animals),
        ("food", Foods),
        ("trade", Trades),
        ("place", Places),
        ("thing", Things),
        ("plant", Plants),
        ("mineral", Minerals),
        ("colour", Colours),
        ("mood", Moods),
    ];

    private static string[] List(string words) => words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
