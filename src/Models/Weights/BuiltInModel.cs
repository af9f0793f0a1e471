using System;

namespace MPCache.Models.Weights;

/// <summary>
/// A language model whose weights are computed, not learned, so that a clone of the repository has one at once: it continues a text that
/// repeats itself. "the cat sat on the mat. the cat" goes on " sat on the mat."; where nothing seen before fits, it ends the text.
/// It is an induction head (Olsson et al., "In-context Learning and Induction Heads", 2022) in the plain Llama architecture.
/// </summary>
/// <remarks>
/// <para><b>Residual stream</b>, 128 wide: 61 dimensions say which token this is (one-hot), two say whether it is a character or the
/// beginning of the text, and eight slots of seven say which tokens stood 1 to 8 places earlier. A slot holds the six entries of the
/// character's <see cref="CharacterCodes"/> vector and a mark for the beginning; all have the same norm. So the mean square before each
/// attention norm is the same for every token and position, and the gain is chosen to make the norm's output twice its input.</para>
/// <para><b>Layers 1 and 2 look back.</b> The key of a character is a constant in the first entry of rotary pairs 0 to 5; a head that
/// looks back by δ has the same constants, turned by δ, as its query. The score at distance Δ is Σ aᵢ·cos(ωᵢ(Δ − δ)) with aᵢ =
/// <see cref="PositionScores"/>: the sum of all aᵢ, 30, at Δ = δ, and at least 7 less at every other distance below 256, because the
/// frequencies ωᵢ = 0.42ⁱ have no common period. All wrong distances together get less than 0.002 of the attention. Layer 1 looks back by
/// 1 and 2 and fills slots 1 and 2 with the codes found there. Layer 2 looks back by 3 and 6 and copies what it finds, that place's own
/// code and its slots 1 and 2, into slots 3 to 5 and 6 to 8: two hops reach eight tokens with two heads a layer, which share keys and
/// values as grouped queries do. The beginning of the text has a key of its own and scores 25.5 at every distance: where the text has no
/// place as far back, no wrong distance scores as much, and the slot gets the mark; elsewhere it takes 0.01 of the attention, which makes
/// the codes 1 % shorter.</para>
/// <para><b>Layer 3 matches and copies.</b> The query of head 1 is the current token and its slots 1 to 7, the key of a position its
/// slots 1 to 8, scaled so that the score is Σ wᵢ·⟨code, code'⟩/2 over the eight places, with wᵢ = <see cref="MatchScores"/>: 38 for a
/// position that follows the same eight tokens as the text ends with, and less by at least wᵢ/2, by wᵢ on average, for every place i that
/// differs. These entries use the rotary pairs from 8 on, which turn by at most a quarter of a radian over the whole context. The value
/// is the one-hot token, which the output adds 16 times: what followed the best match becomes the largest logit. Pair 6 takes up to 2
/// off, growing with the distance, so that of equal matches the most recent wins. The beginning scores 14, more than agreement in the
/// last token alone: where nothing scores more, it is copied, and it also ends the text. Head 2 attends to its own position and takes the
/// current token out of the stream, so that the logits are the copy alone.</para>
/// <para><b>Why it continues a repetition.</b> Where the last eight tokens occurred before, the position after them scores 35 to 38. A
/// position that differs in one of the last three tokens, or in two of the last six, scores at least 3 less before distances are counted,
/// typically 20 less. So every position that competes has nearly the same tokens before it; if they all have the same successor, it has
/// the largest logit.
/// The next step finds the same match one place further on. A shorter repetition is continued if no chance agreement outweighs it; four
/// or five characters usually suffice.</para>
/// <para><b>Sizes.</b> The feed-forward weights are zero, all others at most 4 in magnitude; the residual stream stays within ±17 (±22
/// where a text is continued past its end), queries and keys within ±16, scores within ±40, logits within ±28.</para>
/// </remarks>
public static class BuiltInModel
{
    /// <summary>A prompt that shows what the model does.</summary>
    public const string DefaultPrompt = "the cat sat on the mat. the cat";

    private const int Dim = 128;
    private const int HeadSize = 64;
    private const int Layers = 3;

    // By frequency in English, because the codes of each twelve are told apart best.
    private const string Alphabet = " etaoinshrdl" + "ucmfwygpbvk." + ",'\nxjqz!?-\":" + "0123456789;(" + ")/=+*<>_&%#@";

    // Dimensions of the residual stream: the tokens (the beginning of text and 60 characters), their kind, the slots.
    private const int Tokens = 1 + CharacterCodes.Count;
    private const int CharacterMark = Tokens;
    private const int BeginningMark = CharacterMark + 1;
    private const int FirstSlot = BeginningMark + 1;
    private const int Slots = 8;
    private const int SlotMark = CharacterCodes.Size;
    private const int SlotSize = CharacterCodes.Size + 1;
    private const int Beginning = 0;

    // Entries of a head's query and key: two a rotary pair.
    private const int RecencyEntry = 2 * 6;
    private const int BeginningEntry = 2 * 7;
    private const int FirstMatchEntry = 2 * 8;

    private const double RopeTheta = 1e12;
    private const double MarkValue = 4;
    private const double NormGain = 2;
    private const double LookBackFallback = 25.5;
    private const double EndScore = 14;
    private const double RecencyScore = 2;
    private const double ValueScale = 4;
    private const double CopyScale = 16;
    private const double LogitScale = 2.5;

    // q·k is divided by √HeadSize before the softmax.
    private static readonly double ScoreDivisor = Math.Sqrt(HeadSize);

    /// <summary>Amplitudes of the look-back score by rotary pair; they minimise the attention that other distances below 256 get.</summary>
    private static ReadOnlySpan<double> PositionScores => [14.6, 3.8, 2.9, 2.9, 2.8, 3.0];

    /// <summary>What agreement of the last, the last but one … token is worth; falling, so that a short repetition stands out from
    /// chance.</summary>
    private static ReadOnlySpan<double> MatchScores => [10, 8, 6, 4, 3, 3, 2, 2];

    /// <summary>Computes the weights.</summary>
    /// <returns>The checkpoint: 128 wide, 3 layers, 2 query heads on 1 key/value head, 61 tokens, 256 positions; and its tokenizer, one
    /// token a character.</returns>
    public static (LlamaCheckpoint Checkpoint, Tokenizer Tokenizer) Create()
    {
        LlamaConfig config = new(
            dim: Dim,
            hiddenDim: 8,
            layers: Layers,
            heads: Dim / HeadSize,
            keyValueHeads: 1,
            vocabulary: Tokens,
            contextLength: 256,
            ropeTheta: RopeTheta);
        LlamaCheckpoint model = new(config, sharedClassifier: false);
        for (int token = 0; token < Tokens; token++)
        {
            model.TokenEmbedding[(token * Dim) + token] = 1;
            model.TokenEmbedding[(token * Dim) + (token == Beginning ? BeginningMark : CharacterMark)] = (float)MarkValue;
            model.Classifier[(token * Dim) + token] = (float)LogitScale;
        }

        Array.Fill(model.FinalNorm, 1);

        LayerWeights first = new(model, 0);
        DoubleInput(first, filledSlots: 0);
        LookBack(first, near: 1, far: 2);
        LookBackValue(first, slots: 1);
        LookBackOutput(first, head: 0, firstSlot: 1, slots: 1);
        LookBackOutput(first, head: 1, firstSlot: 2, slots: 1);

        LayerWeights second = new(model, 1);
        DoubleInput(second, filledSlots: 2);
        LookBack(second, near: 3, far: 6);
        LookBackValue(second, slots: 3);
        LookBackOutput(second, head: 0, firstSlot: 3, slots: 3);
        LookBackOutput(second, head: 1, firstSlot: 6, slots: 3);

        LayerWeights third = new(model, 2);
        DoubleInput(third, filledSlots: Slots);
        Match(third, head: 0);
        PreferRecent(third, head: 0);
        Fallback(third, head: 0, EndScore);
        Position(third, head: 1, distance: 0);
        Copy(third, matching: 0, self: 1);

        string summary = "the letters a-z, the digits, space, line feed and . , ' \" ! ? - : ; ( ) / = + * < > _ & % # @";
        return (model, new CharacterTokenizer(Alphabet, summary));
    }

    /// <summary>Makes the attention norm's output twice its input: the mean square is known.</summary>
    private static void DoubleInput(LayerWeights layer, int filledSlots)
    {
        double square = 1 + (MarkValue * MarkValue) + (filledSlots * CharacterCodes.SquaredNorm);
        layer.Norms(attention: NormGain * Math.Sqrt(square / Dim), feedForward: 1);
    }

    /// <summary>Makes the two heads attend at two distances, and to the beginning where the text has no such place.</summary>
    private static void LookBack(LayerWeights layer, int near, int far)
    {
        foreach ((int head, int distance) in (ReadOnlySpan<(int, int)>)[(0, near), (1, far)])
        {
            Position(layer, head, distance);
            Fallback(layer, head, LookBackFallback);
        }
    }

    /// <summary>Makes a head's score peak at one distance.</summary>
    private static void Position(LayerWeights layer, int head, int distance)
    {
        for (int pair = 0; pair < PositionScores.Length; pair++)
        {
            double kappa = Math.Sqrt(PositionScores[pair] * ScoreDivisor) / (NormGain * MarkValue);
            (double sin, double cos) = Math.SinCos(distance * Math.Pow(RopeTheta, -2.0 * pair / HeadSize));
            layer.Key(2 * pair, CharacterMark, kappa);
            layer.Query(head, 2 * pair, CharacterMark, kappa * cos);
            layer.Query(head, (2 * pair) + 1, CharacterMark, -kappa * sin);
        }
    }

    /// <summary>Gives the first token of the text a fixed score.</summary>
    private static void Fallback(LayerWeights layer, int head, double score)
    {
        double scale = Math.Sqrt(score * ScoreDivisor) / (NormGain * MarkValue);
        layer.Key(BeginningEntry, BeginningMark, scale);
        layer.Query(head, BeginningEntry, CharacterMark, scale);
    }

    /// <summary>The value is the token's own code, followed by the slots before it.</summary>
    private static void LookBackValue(LayerWeights layer, int slots)
    {
        layer.Value(SlotMark, Beginning, Math.Sqrt(CharacterCodes.SquaredNorm) / NormGain);
        ForEachCode((token, entry, code) => layer.Value(entry, token, code / NormGain));
        for (int i = SlotSize; i < slots * SlotSize; i++)
        {
            layer.Value(i, FirstSlot + i - SlotSize, 1 / NormGain);
        }
    }

    private static void LookBackOutput(LayerWeights layer, int head, int firstSlot, int slots)
    {
        for (int i = 0; i < slots * SlotSize; i++)
        {
            layer.Output(Slot(firstSlot) + i, head, i, 1);
        }
    }

    /// <summary>Makes a head's score the agreement of the last eight tokens with the eight before a position.</summary>
    private static void Match(LayerWeights layer, int head)
    {
        for (int place = 0; place < Slots; place++)
        {
            // The place that counts least gets the rotary pairs that turn most.
            int entry = FirstMatchEntry + ((Slots - 1 - place) * CharacterCodes.Size);
            double scale = Math.Sqrt(MatchScores[place] * ScoreDivisor / CharacterCodes.SquaredNorm) / NormGain;
            for (int i = 0; i < CharacterCodes.Size; i++)
            {
                layer.Key(entry + i, Slot(place + 1) + i, scale);
                if (place > 0)
                {
                    layer.Query(head, entry + i, Slot(place) + i, scale);
                }
            }

            if (place == 0)
            {
                ForEachCode((token, i, code) => layer.Query(head, entry + i, token, scale * code));
            }
        }

    }

    /// <summary>Takes more off a head's score the farther a position is: a quarter of a turn against the key makes it
    /// −RecencyScore·sin(ωΔ), which falls over the whole context.</summary>
    private static void PreferRecent(LayerWeights layer, int head)
    {
        double scale = Math.Sqrt(RecencyScore * ScoreDivisor) / (NormGain * MarkValue);
        layer.Key(RecencyEntry, CharacterMark, scale);
        layer.Query(head, RecencyEntry + 1, CharacterMark, scale);
    }

    /// <summary>Adds the token of the matched position to the stream and takes the current token out of it.</summary>
    private static void Copy(LayerWeights layer, int matching, int self)
    {
        for (int token = 0; token < Tokens; token++)
        {
            layer.Value(token, token, ValueScale / NormGain);
            layer.Output(token, matching, token, CopyScale / ValueScale);
            layer.Output(token, self, token, -1 / ValueScale);
        }
    }

    private static int Slot(int distance) => FirstSlot + ((distance - 1) * SlotSize);

    /// <summary>Visits the entries of the codes of all characters; the beginning of text has none.</summary>
    private static void ForEachCode(Action<int, int, double> visit)
    {
        for (int token = 1; token < Tokens; token++)
        {
            double[] code = CharacterCodes.Vector(token - 1);
            for (int entry = 0; entry < code.Length; entry++)
            {
                visit(token, entry, code[entry]);
            }
        }
    }
}
