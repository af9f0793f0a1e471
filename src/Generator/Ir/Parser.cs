using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using MPCache.Contract;

namespace MPCache.Generator.Ir;

/// <summary>Reads what <see cref="Printer"/> writes; <c>Print(Parse(text)) == text</c>.</summary>
internal sealed class Parser
{
    private readonly string text;
    private int position;

    private Parser(string text) => this.text = text;

    /// <exception cref="FormatException">The text is no function; the message says at which line.</exception>
    public static Function Parse(string text)
    {
        Parser parser = new(text);
        Function function = parser.Function();
        parser.Space();
        return parser.position == text.Length ? function : throw parser.Error("the end");
    }

    private Function Function()
    {
        Expect("func");
        string name = Word();
        Attributes attributes = Peek('{') && !AtLineStart() ? AttributeList() : Attributes.None;
        Expect("(");
        ImmutableArray<Parameter>.Builder parameters = ImmutableArray.CreateBuilder<Parameter>();
        while (!Accept(")"))
        {
            int id = ValueId();
            string parameter = Word();
            Expect(":");
            IrType type = Type();
            parameters.Add(new Parameter(new Value(id, type), parameter, Peek('{') ? AttributeList() : Attributes.None));
        }

        Expect("{");
        Block body = BlockBody([]);
        ImmutableArray<Site>.Builder sites = ImmutableArray.CreateBuilder<Site>();
        while (Accept("site"))
        {
            Expect("@");
            Integer();
            string function = Quoted();
            bool spans = !Peek('"');
            int start = spans ? Integer() : 0;
            int length = spans ? Integer() : 0;
            sites.Add(new Site(function, start, length, Quoted()));
        }

        return new Function(name, attributes, parameters.ToImmutable(), body, sites.ToImmutable());
    }

    private Block BlockBody(ImmutableArray<Value> parameters)
    {
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        while (!Accept("yield"))
        {
            ops.Add(Operation());
        }

        ImmutableArray<int> yields = Peek('%') ? Ids() : [];
        Expect("}");
        return new Block(parameters, ops.ToImmutable(), yields);
    }

    private Op Operation()
    {
        ImmutableArray<int> results = [];
        if (Peek('%'))
        {
            results = Ids();
            Expect("=");
        }

        string kind = Word();
        ImmutableArray<int> operands = Peek('%') && !AtLineStart() ? Ids() : [];
        Attributes attributes = Peek('{') ? AttributeList() : Attributes.None;
        ImmutableArray<Value>.Builder values = ImmutableArray.CreateBuilder<Value>();
        if (results.Length > 0)
        {
            Expect(":");
            foreach (int result in results)
            {
                if (values.Count > 0)
                {
                    Expect(";");
                }

                values.Add(new Value(result, Type()));
            }
        }

        int site = Accept("@") ? Integer() : -1;
        Block? body = null;
        Block? otherwise = null;
        if (Peek('(') && !AtLineStart())
        {
            Expect("(");
            ImmutableArray<Value>.Builder parameters = ImmutableArray.CreateBuilder<Value>();
            while (!Accept(")"))
            {
                if (parameters.Count > 0)
                {
                    Expect(";");
                }

                int id = ValueId();
                Expect(":");
                parameters.Add(new Value(id, Type()));
            }

            Expect("{");
            body = BlockBody(parameters.ToImmutable());
            if (Accept("else"))
            {
                Expect("{");
                otherwise = BlockBody([]);
            }
        }

        return new Op(kind, values.ToImmutable(), operands, attributes, site, body, otherwise);
    }

    private IrType Type()
    {
        Form form = Form.None;
        if (!Peek('['))
        {
            string word = Word();
            switch (word)
            {
                case "tensor":
                    return IrType.Unknown;
                case "int":
                    return new IntType();
                case "bool":
                    return new BoolType();
                case "real":
                    return new RealType();
                case "selection":
                    return new SelectionType();
                case "resident" or "state":
                    return new ObjectType(word, Word());
            }

            form = Enum.GetValues(typeof(Form)).Cast<Form>().FirstOrDefault(f => f != Form.None && f.ToString().ToLowerInvariant() == word);
            if (form == Form.None)
            {
                throw Error("a type");
            }
        }

        Number? number = null;
        if (Accept("<"))
        {
            Expect("r");
            int ring = Integer();
            Expect("s");
            int scale = Integer();
            Expect("[");
            BigInteger low = BigInteger.Parse(SignedDigits());
            Expect(",");
            BigInteger high = BigInteger.Parse(SignedDigits());
            Expect("]");
            Expect(">");
            number = new Number(ring, scale, low, high);
        }

        return new TensorType(ExprList(), form, number);
    }

    private ImmutableArray<Expr> ExprList()
    {
        Expect("[");
        ImmutableArray<Expr>.Builder items = ImmutableArray.CreateBuilder<Expr>();
        while (!Accept("]"))
        {
            if (items.Count > 0)
            {
                Expect(",");
            }

            items.Add(Expression());
        }

        return items.ToImmutable();
    }

    private Attributes AttributeList()
    {
        Expect("{");
        Attributes attributes = Attributes.None;
        while (!Accept("}"))
        {
            if (attributes != Attributes.None)
            {
                Expect(",");
            }

            string name = Word();
            Expect("=");
            Attr value;
            if (Peek('"'))
            {
                value = Quoted();
            }
            else if (Peek('['))
            {
                value = new ListAttr(ExprList());
            }
            else if (Accept("("))
            {
                value = new ConditionAttr(Condition());
                Expect(")");
            }
            else if (Accept("#"))
            {
                int start = position;
                while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '.' or '-' or '+'))
                {
                    position++;
                }

                value = position > start ? new RealAttr(text.Substring(start, position - start)) : throw Error("a number");
            }
            else
            {
                value = Expression();
            }

            attributes = attributes.With(name, value);
        }

        return attributes;
    }

    private Expr Expression()
    {
        Space();
        try
        {
            return ExprParser.Parse(text, ref position);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw Error("a session expression");
        }
    }

    private Condition Condition()
    {
        try
        {
            return ConditionParser.Parse(text, ref position);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw Error("a condition");
        }
    }

    private ImmutableArray<int> Ids()
    {
        ImmutableArray<int>.Builder ids = ImmutableArray.CreateBuilder<int>();
        do
        {
            ids.Add(ValueId());
        }
        while (Accept(","));
        return ids.ToImmutable();
    }

    private int ValueId()
    {
        Expect("%");
        return Integer();
    }

    private int Integer()
    {
        string digits = SignedDigits();
        return int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Error("a number of 32 bits");
    }

    private string SignedDigits()
    {
        Space();
        int start = position;
        if (position < text.Length && text[position] == '-')
        {
            position++;
        }

        int first = position;
        while (position < text.Length && text[position] is >= '0' and <= '9')
        {
            position++;
        }

        return position > first ? text.Substring(start, position - start) : throw Error("a number");
    }

    private string Word()
    {
        Space();
        int start = position;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '.' or '@' or '/'))
        {
            position++;
        }

        return position > start ? text.Substring(start, position - start) : throw Error("a name");
    }

    private string Quoted()
    {
        Expect("\"");
        StringBuilder builder = new();
        while (true)
        {
            if (position >= text.Length || (text[position] == '\\' && position + 1 == text.Length))
            {
                throw Error("'\"'");
            }

            if (text[position] == '"')
            {
                break;
            }

            if (text[position] == '\\')
            {
                position++;
                builder.Append(text[position] == 'n' ? '\n' : text[position]);
            }
            else
            {
                builder.Append(text[position]);
            }

            position++;
        }

        position++;
        return builder.ToString();
    }

    private void Space()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private bool AtLineStart()
    {
        int i = position - 1;
        while (i >= 0 && text[i] == ' ')
        {
            i--;
        }

        return i < 0 || text[i] == '\n';
    }

    private bool Peek(char expected)
    {
        Space();
        return position < text.Length && text[position] == expected;
    }

    private bool Accept(string token)
    {
        Space();
        if (string.CompareOrdinal(text, position, token, 0, token.Length) != 0)
        {
            return false;
        }

        int end = position + token.Length;
        if (char.IsLetter(token[0]) && token.Length > 1 && end < text.Length
            && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
        {
            return false;
        }

        position = end;
        return true;
    }

    private void Expect(string token)
    {
        if (!Accept(token))
        {
            throw Error($"'{token}'");
        }
    }

    private FormatException Error(string expected)
    {
        int line = text.Take(Math.Min(position, text.Length)).Count(c => c == '\n') + 1;
        string near = text.Substring(Math.Min(position, text.Length), Math.Min(24, text.Length - Math.Min(position, text.Length)));
        return new FormatException($"line {line}: expected {expected} before '{near}'");
    }
}
