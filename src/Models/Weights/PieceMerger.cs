using System;
using System.Collections.Generic;

namespace MPCache.Models.Weights;

/// <summary>
/// The merging of a byte-pair encoding in O(n log n): tokens as a linked list over the text, the pairs that may be joined in a priority
/// queue. A pair whose sides have changed since it was queued is recognised by its length and dropped.
/// </summary>
/// <param name="vocabulary">Tokens by their bytes, one character a byte.</param>
/// <param name="scores">Scores by token; the best pair is joined first, the leftmost of equals.</param>
/// <param name="text">The bytes of the text, one character a byte.</param>
internal sealed class PieceMerger(Dictionary<string, int> vocabulary, float[] scores, string text)
{
    private readonly List<Piece> _pieces = [];
    private readonly PriorityQueue<Pair, (float NegatedScore, int Left)> _pairs = new();

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary =
        vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The byte of the text at a position.</summary>
    public byte ByteAt(int position) => (byte)text[position];

    /// <summary>Appends the token of a part of the text, if there is one.</summary>
    public bool TryAppendPiece(int start, int length)
    {
        bool found = _vocabulary.TryGetValue(text.AsSpan(start, length), out int token);
        if (found)
        {
            Append(new Piece { Token = token, Start = start, Length = length });
        }

        return found;
    }

    /// <summary>Appends a token that stands for a byte; it is joined with nothing.</summary>
    public void AppendByteToken(int token) => Append(new Piece { Token = token });

    /// <summary>Joins pairs until no two neighbours make a token.</summary>
    public void MergeAll()
    {
        for (int left = 0; left + 1 < _pieces.Count; left++)
        {
            Queue(left, left + 1);
        }

        while (_pairs.TryDequeue(out Pair pair, out _))
        {
            Piece left = _pieces[pair.Left];
            Piece right = _pieces[pair.Right];
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                continue;
            }

            left.Token = pair.Token;
            left.Length = pair.Length;
            left.Next = right.Next;
            right.Length = 0;
            right.Token = -1;
            if (right.Next < _pieces.Count)
            {
                _pieces[right.Next].Previous = pair.Left;
            }

            Queue(left.Previous, pair.Left);
            Queue(pair.Left, left.Next);
        }
    }

    /// <summary>Appends the tokens that are left, in order.</summary>
    public void CopyTo(List<int> tokens)
    {
        for (int index = 0; index < _pieces.Count; index = _pieces[index].Next)
        {
            tokens.Add(_pieces[index].Token);
        }
    }

    private void Append(Piece piece)
    {
        piece.Previous = _pieces.Count - 1;
        piece.Next = _pieces.Count + 1;
        _pieces.Add(piece);
    }

    private void Queue(int left, int right)
    {
        if (left < 0 || right >= _pieces.Count)
        {
            return;
        }

        Piece first = _pieces[left];
        Piece second = _pieces[right];
        if (first.Length == 0 || second.Length == 0)
        {
            return;
        }

        int length = first.Length + second.Length;
        if (_vocabulary.TryGetValue(text.AsSpan(first.Start, length), out int token))
        {
            _pairs.Enqueue(new Pair(left, right, length, token), (-scores[token], left));
        }
    }

    /// <summary>A token over a part of the text. A length of zero marks what is joined with nothing: a byte token, and the right side of a
    /// pair that was joined.</summary>
    private sealed class Piece
    {
        public int Token;
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
    }

    private readonly record struct Pair(int Left, int Right, int Length, int Token);
}
