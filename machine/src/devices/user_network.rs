//! The network that the virtio network device is on: a host that answers ARP, pings, UDP
//! echoes, DNS and DHCP, laid out as QEMU's user network. No packet leaves the machine.
//!
//! [`answer`] is all: what comes back depends on what is sent and nothing else.
//! Source: QEMU, "Using the user mode network stack" (addresses); the RFCs of each protocol.

use std::net::Ipv4Addr;

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, DhcpMessageType, DhcpPacket, DhcpRepr, DnsFlags, DnsOpcode,
    DnsPacket, DnsQueryType, DnsQuestion, DnsRcode, EthernetAddress, EthernetFrame,
    EthernetProtocol, EthernetRepr, Icmpv4Packet, Icmpv4Repr, IpAddress, IpProtocol, Ipv4Packet,
    Ipv4Repr, UdpPacket, UdpRepr,
};

pub(super) const GUEST_MAC: EthernetAddress = EthernetAddress([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
const HOST_MAC: EthernetAddress = EthernetAddress([0x52, 0x55, 10, 0, 2, 2]);
const HOST: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);
const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 3);
const GUEST: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);
const MASK: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 0);
/// Seconds that the guest may keep its address.
const LEASE: u32 = 86_400;
/// Seconds that a name may be remembered.
const TIME_TO_LIVE: u32 = 60;
const HOPS: u8 = 64;

const ECHO_PORT: u16 = 7;
const DNS_PORT: u16 = 53;
const DHCP_SERVER_PORT: u16 = 67;
const DHCP_CLIENT_PORT: u16 = 68;

/// The names that DNS knows; the last is asked for by xv6's network lab.
const NAMES: [(&str, Ipv4Addr); 3] = [
    ("host", HOST),
    ("guest", GUEST),
    ("pdos.csail.mit.edu", Ipv4Addr::new(128, 52, 129, 126)),
];

/// What comes back for the Ethernet frame `frame`, if anything does.
pub(super) fn answer(frame: &[u8]) -> Option<Vec<u8>> {
    let frame = EthernetFrame::new_checked(frame).ok()?;
    let to = frame.dst_addr();
    if to != HOST_MAC && !to.is_broadcast() {
        return None;
    }
    let ethertype = frame.ethertype();
    let payload = match ethertype {
        EthernetProtocol::Arp => answer_arp(frame.payload()),
        EthernetProtocol::Ipv4 => answer_ip(frame.payload()),
        _ => None,
    }?;
    let header = EthernetRepr {
        src_addr: HOST_MAC,
        dst_addr: frame.src_addr(),
        ethertype,
    };
    let mut bytes = vec![0; header.buffer_len()];
    header.emit(&mut EthernetFrame::new_unchecked(&mut bytes));
    bytes.extend(payload);
    Some(bytes)
}

fn answer_arp(packet: &[u8]) -> Option<Vec<u8>> {
    let packet = ArpPacket::new_checked(packet).ok()?;
    let ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr,
        source_protocol_addr,
        target_protocol_addr,
        ..
    } = ArpRepr::parse(&packet).ok()?
    else {
        return None;
    };
    if ![HOST, NAME_SERVER].contains(&target_protocol_addr) {
        return None;
    }
    let reply = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Reply,
        source_hardware_addr: HOST_MAC,
        source_protocol_addr: target_protocol_addr,
        target_hardware_addr: source_hardware_addr,
        target_protocol_addr: source_protocol_addr,
    };
    let mut bytes = vec![0; reply.buffer_len()];
    reply.emit(&mut ArpPacket::new_unchecked(&mut bytes));
    Some(bytes)
}

fn answer_ip(packet: &[u8]) -> Option<Vec<u8>> {
    let checksums = ChecksumCapabilities::default();
    let packet = Ipv4Packet::new_checked(packet).ok()?;
    let header = Ipv4Repr::parse(&packet, &checksums).ok()?;
    let is_fragment = packet.more_frags() || packet.frag_offset() != 0;
    if is_fragment {
        return None;
    }
    let (from, to, payload) = match header.next_header {
        IpProtocol::Icmp if [HOST, NAME_SERVER].contains(&header.dst_addr) => {
            let payload = answer_icmp(packet.payload())?;
            (header.dst_addr, header.src_addr, payload)
        }
        IpProtocol::Udp => answer_udp(&header, packet.payload())?,
        _ => return None,
    };
    let header = Ipv4Repr {
        src_addr: from,
        dst_addr: to,
        next_header: header.next_header,
        payload_len: payload.len(),
        hop_limit: HOPS,
    };
    let mut bytes = vec![0; header.buffer_len()];
    header.emit(&mut Ipv4Packet::new_unchecked(&mut bytes), &checksums);
    bytes.extend(payload);
    Some(bytes)
}

fn answer_icmp(packet: &[u8]) -> Option<Vec<u8>> {
    let checksums = ChecksumCapabilities::default();
    let packet = Icmpv4Packet::new_checked(packet).ok()?;
    let Icmpv4Repr::EchoRequest {
        ident,
        seq_no,
        data,
    } = Icmpv4Repr::parse(&packet, &checksums).ok()?
    else {
        return None;
    };
    let reply = Icmpv4Repr::EchoReply {
        ident,
        seq_no,
        data,
    };
    let mut bytes = vec![0; reply.buffer_len()];
    reply.emit(&mut Icmpv4Packet::new_unchecked(&mut bytes), &checksums);
    Some(bytes)
}

/// The answer to a datagram: from where, to where, and the datagram.
fn answer_udp(header: &Ipv4Repr, datagram: &[u8]) -> Option<(Ipv4Addr, Ipv4Addr, Vec<u8>)> {
    let checksums = ChecksumCapabilities::default();
    let packet = UdpPacket::new_checked(datagram).ok()?;
    let (from, to) = (header.src_addr, header.dst_addr);
    let ports = UdpRepr::parse(
        &packet,
        &IpAddress::Ipv4(from),
        &IpAddress::Ipv4(to),
        &checksums,
    );
    let ports = ports.ok()?;
    let ((from, to), payload) = match ports.dst_port {
        ECHO_PORT if to == HOST => ((to, from), packet.payload().to_vec()),
        // Whichever server is asked: this one answers.
        DNS_PORT => ((to, from), answer_dns(packet.payload())?),
        DHCP_SERVER_PORT if ports.src_port == DHCP_CLIENT_PORT => {
            let answer = answer_dhcp(packet.payload())?;
            ((HOST, Ipv4Addr::BROADCAST), answer)
        }
        _ => return None,
    };
    let ports = UdpRepr {
        src_port: ports.dst_port,
        dst_port: ports.src_port,
    };
    let mut bytes = vec![0; ports.header_len() + payload.len()];
    ports.emit(
        &mut UdpPacket::new_unchecked(&mut bytes),
        &IpAddress::Ipv4(from),
        &IpAddress::Ipv4(to),
        payload.len(),
        |place| place.copy_from_slice(&payload),
        &checksums,
    );
    Some((from, to, bytes))
}

/// The answer to a query of one question: the address of a name of [`NAMES`], nothing for
/// another kind of record, and for other names that there is none.
fn answer_dns(query: &[u8]) -> Option<Vec<u8>> {
    /// Where the question begins, as a name that refers back to it.
    const NAME_OF_QUESTION: [u8; 2] = [0xc0, 12];
    const CLASS_IN: u16 = 1;
    const CODE_AT: usize = 3;
    let packet = DnsPacket::new_checked(query).ok()?;
    let is_query =
        packet.opcode() == DnsOpcode::Query && !packet.flags().contains(DnsFlags::RESPONSE);
    if !is_query || packet.question_count() != 1 {
        return None;
    }
    let (rest, question) = DnsQuestion::parse(packet.payload()).ok()?;
    let labels: Result<Vec<&[u8]>, _> = packet.parse_name(question.name).collect();
    let name = labels.ok()?.join(&b'.');
    let known = NAMES
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    let address = known.filter(|_| question.type_ == DnsQueryType::A);

    let mut bytes = query[..query.len() - rest.len()].to_vec();
    bytes[CODE_AT] = 0;
    if let Some((_, address)) = address {
        bytes.extend(NAME_OF_QUESTION);
        for half in [u16::from(DnsQueryType::A), CLASS_IN] {
            bytes.extend(half.to_be_bytes());
        }
        bytes.extend(TIME_TO_LIVE.to_be_bytes());
        bytes.extend(4u16.to_be_bytes());
        bytes.extend(address.octets());
    }
    let wanted = packet.flags() & DnsFlags::RECURSION_DESIRED;
    let mut header = DnsPacket::new_unchecked(&mut bytes[..]);
    header.set_flags(DnsFlags::RESPONSE | DnsFlags::RECURSION_AVAILABLE | wanted);
    header.set_answer_record_count(address.is_some().into());
    header.set_authority_record_count(0);
    header.set_additional_record_count(0);
    if known.is_none() {
        bytes[CODE_AT] |= u8::from(DnsRcode::NXDomain);
    }
    Some(bytes)
}

/// The answer of a server that has one address to give.
fn answer_dhcp(message: &[u8]) -> Option<Vec<u8>> {
    let packet = DhcpPacket::new_checked(message).ok()?;
    let asked = DhcpRepr::parse(&packet).ok()?;
    let wants_another = asked.requested_ip.is_some_and(|wanted| wanted != GUEST);
    let message_type = match asked.message_type {
        DhcpMessageType::Discover => DhcpMessageType::Offer,
        DhcpMessageType::Request if wants_another => DhcpMessageType::Nak,
        DhcpMessageType::Request => DhcpMessageType::Ack,
        _ => return None,
    };
    let servers = [NAME_SERVER].into_iter().collect();
    let reply = DhcpRepr {
        message_type,
        your_ip: GUEST,
        server_ip: HOST,
        router: Some(HOST),
        subnet_mask: Some(MASK),
        server_identifier: Some(HOST),
        dns_servers: Some(servers),
        lease_duration: Some(LEASE),
        requested_ip: None,
        client_identifier: None,
        parameter_request_list: None,
        max_size: None,
        renew_duration: None,
        rebind_duration: None,
        additional_options: &[],
        ..asked
    };
    let mut bytes = vec![0; reply.buffer_len()];
    reply
        .emit(&mut DhcpPacket::new_unchecked(&mut bytes[..]))
        .ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests;
