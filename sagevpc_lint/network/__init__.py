"""The reachability graph: where packets of a job's interface go, what loses them, and of what the documents do not tell.

The order in which a packet's way is followed is normative: what loses a packet first is where it is lost, and reports name causes in this order.

1. The groups of the job's interface let it out: the union of their rules (F4.8).
2. The network ACL of its subnet lets it out, unless it stays inside (F5.5).
3. The subnet's route table says where it goes (F6.2): a route that is a blackhole drops it (`BAD_STATE_ROUTE`; `MORE_SPECIFIC_ROUTE` where a route with a shorter prefix would carry it).
4. The target: the network ACL of the subnet in which it stands, the groups of its interface, its state, then what it refuses by its nature; then from 2 on with its own subnet and table.
5. At the destination: the network ACL of its subnet, then the groups of its interface.
6. The answers, from the far end back. Where they start, and at each firewall endpoint that packets came by: the network ACL out of the subnet, then its table, which must lead them to what packets came by. Over a transit
   gateway: the ACL of the attachment's subnet in the zone where they start, the gateway's table, the ACL out of this VPC's attachment subnet in that zone, and its table. Everywhere else the ACLs on the way, each in the
   opposite direction.

Everything is a set: a packet is one of protocol, source, destination and port, and what is known of a set lies between two bounds (`bounds.Bounds`).
"""
