/** Small, and all of federation that makes a plan difficult. */
export const nastyParts: Readonly<Record<string, string>> = {
  catalog: `
    type Query {
      media: [Media]
      one: Media!
      things: [Thing!]
      shelves: [[Book!]]!
      author(id: ID!): Author
    }
    type Mutation { publish(title: String!): Book rename(id: ID!, to: String): Author! }
    interface Media @key(fields: "id") { id: ID! title: String! tags: [String!] }
    type Book implements Media @key(fields: "id") @key(fields: "isbn") {
      id: ID!
      isbn: String!
      title: String!
      tags: [String!]
      pages(unit: Unit = SHEET): Int
      author: Author
      size: Size!
    }
    type Film implements Media @key(fields: "id") {
      id: ID!
      title: String!
      tags: [String!]
      minutes: Int!
      cast: [[Author]]
    }
    type Author @key(fields: "id") { id: ID! name: String @shareable born: Date country: String liked: [Thing!] }
    type Size @shareable { width: Int! height: Float }
    type Note @key(fields: "code") { code: String! text: String! about: Media on: Date! }
    type Tape @key(fields: "code") { code: Int! title: String }
    union Thing = Book | Film | Author | Note | Tape
    enum Unit { SHEET LEAF }
    scalar Date`,
  reviews: `
    type Query { topMedia: [Media!]! reviews(n: Int): [Review] }
    type Mutation { praise(id: ID!): Review }
    type Media @key(fields: "id") @interfaceObject {
      id: ID!
      title: String! @external
      reviews(n: Int): [Review!]
      fromTitle: String @requires(fields: "title")
    }
    type Review { stars: Int! of: Media by: Author! @provides(fields: "name") said: Said }
    type Author @key(fields: "id") {
      id: ID!
      name: String @external
      fromName: String @requires(fields: "name")
      reviews: [Review!]!
      remarks: [Remark!] @shareable
    }
    type Remark { loud: String }
    type Said @shareable { body: String lines: [String]! }`,
  shop: `
    type Query { offers: [Offer!] bestseller: Book search(by: Filter!): [Offer] }
    type Book @key(fields: "isbn") {
      isbn: String!
      size: Size! @external
      pages(unit: Unit = SHEET): Int @external
      price: Price
      fromSize: String @requires(fields: "size { width height }")
      fromPages: String @requires(fields: "pages(unit: LEAF)")
    }
    type Size @shareable { width: Int! height: Float }
    type Author @key(fields: "id", resolvable: false) { id: ID! }
    type Note @key(fields: "code") { code: String! label: String }
    type Tape @key(fields: "code") { code: Int! label: String }
    type Offer { book: Book! author: Author price: Price! said: Said }
    type Price @shareable { amount: Float! currency: String! }
    type Said @shareable { body: String lines: [String]! }
    input Filter { text: String! unit: Unit }
    enum Unit { SHEET LEAF }`,
  shipping: `
    type Query { parcels: [Parcel!]! }
    type Parcel { books: [Book] to: Author price: Price }
    type Price @shareable { amount: Float! currency: String! }
    type Book @key(fields: "isbn") {
      isbn: String!
      fromSize: String @external
      fromAll: String @requires(fields: "fromSize")
    }
    type Author @key(fields: "id") {
      id: ID!
      country: String @override(from: "catalog")
      remarks: [Remark!] @shareable
    }
    type Remark { soft: String }`,
};
