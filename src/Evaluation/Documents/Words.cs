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
        Ada Agnes Alan Albert Alice Amos Amy Anna Arne Arthur Basil Beth Bella Boris Bruno Carl Carol Cecil Clara Clive Cora Cyril Daisy Dan
        David Della Diana Dora Doris Duncan Edgar Edith Edna Edwin Elena Ella Elmer Elsa Emil Emma Enid Eric Erna Esther Eva Fanny Felix
        Flora Frank Frida Fred Gerda Gina Grace Greta Gus Hanna Harold Harry Hazel Helen Henry Hilda Hugo Ida Igor Ines Irene Iris Isaac Ivan
        Ivy Jack James Jane Jasper Jean Joan Joel John Jonas Judith Julia Karen Karl Kate Klaus Lara Laura Lena Leo Leon Lewis Lily Linda
        Louis Lucas Lucy Luther Mabel Magnus Marco Maria Mark Martha Martin Mary Matilda Max Maya Mila Milo Mina Mona Nadia Nancy Nelly Nick
        Nina Nora Norman Olaf Olga Oliver Oscar Otto Owen Paul Paula Peter Philip Pia Ralph Rita Robert Robin Roland Rosa Rose Ruben Ruth
        Sally Sam Sara Selma Simon Sonia Stella Susan Tara Ted Thea Theo Thomas Tilda Tina Toby Tom Ulla Una Vera Victor Viola Walter Wanda
        Willa Wilma Xenia Yara Yves Zelda Zoe
        """);

    public static string[] Towns { get; } = List(
        """
        Alden Arden Ashford Barton Belmont Benton Bolton Borden Brandon Burton Calder Camden Carlow Carston Clayton Colby Colton Corby Dalby
        Dalton Danby Darley Denby Denton Dover Dunmore Easton Elden Elmore Elston Fenton Garston Gilby Girton Halden Halton Hanford Harlow
        Hilton Holden Holton Kelby Kelmore Kirkby Lanford Langley Linden Linton Luton Maldon Marley Marston Melby Melford Milton Morley
        Morton Nelby Newton Norby Norton Oakley Oldham Orford Orton Overton Penby Preston Radley Ramsby Redford Ripley Rugby Salford Selby
        Shelby Stanford Stanton Sutton Tarley Thorby Tilton Upton Walden Walton Wenby Weston Wilton Winston Wolford Yarley
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
        altar barrel bed bench bookcase cabinet carpet cart chair chimney counter crate cupboard curtain desk door drawer fence fireplace
        gate ladder oven piano pillow roof shelf sofa stairs stove table tree wall wardrobe window
        """);

    public static string[] Places { get; } = List(
        """
        bakery bank barn bridge castle chapel church farm forge garden hall harbour hotel house inn library market mill museum palace park
        prison school shop stable station temple theatre tower well workshop
        """);

    public static string[] Parts { get; } = List("ceiling door fence floor gate roof sign wall window");

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
        actor artist baker banker barber brewer butcher carpenter clerk cobbler cook doctor driver farmer fisher gardener glover grocer guard
        guide hunter hatter judge lawyer mason merchant miller miner nurse painter pilot plumber poet porter potter printer rider sailor
        saddler scholar shepherd singer smith soldier tailor tanner teacher waiter weaver writer
        """);

    public static string[] Kin { get; } = List("aunt brother cousin daughter father friend mother nephew neighbour niece sister son uncle");

    public static string[] Weekdays { get; } = List("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    public static string[] Months { get; } = List("January February March April May June July August September October November December");

    public static string[] Numbers { get; } = List("two three four five six seven eight nine ten eleven twelve twenty thirty forty");

    public static string[] Moods { get; } = List(
        "afraid alone angry busy calm cold glad happy hungry ill late lonely proud quiet ready sad sorry sure thirsty tired warm worried");

    public static string[] Adverbs { get; } = List(
        "again alone badly early gladly gently loudly often once quickly quietly seldom sadly slowly softly soon twice");

    public static string[] Times { get; } = List("morning noon evening night winter spring summer autumn dawn");

    public static string[] Weathers { get; } = List("fog frost hail mist rain snow storm sun thunder wind");

    /// <summary>What labels the categories of a few-shot task; no word of any category.</summary>
    public static string[] Labels { get; } = List("alpha beta delta gamma kappa lambda omega sigma theta zeta");

    public static string[] Transitive { get; } = List(
        """
        borrow carry clean draw drop fetch find forget hide hold keep lift lose mend move paint polish repair sell show steal take touch
        want wash watch
        """);

    /// <summary>The past forms of <see cref="Transitive"/>, in its order.</summary>
    public static string[] TransitivePast { get; } = List(
        """
        borrowed carried cleaned drew dropped fetched found forgot hid held kept lifted lost mended moved painted polished repaired sold
        showed stole took touched wanted washed watched
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
